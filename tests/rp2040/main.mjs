// main.mjs CONFIG.json - runs an image of the W5500-EVB-Pico. The console is standard input and output; the rest goes through
// inherited descriptors: a socket that is spoken to as to QEMU's monitor, one that carries frames, each led by its length as
// QEMU's socket network has it, and the files of flash storage and boot options.
import { closeSync, fstatSync, readFileSync, readSync, writeSync } from "node:fs";
import { randomFillSync, createHash } from "node:crypto";
import { Socket } from "node:net";
import { KINDS } from "./chips.mjs";
import { Machine } from "./machine.mjs";
import { Monitor } from "./monitor.mjs";
import { W5500 } from "./w5500.mjs";

const config = JSON.parse(process.argv[2]);
const FLASH = 0x10000000;
const RAM = 0x20000000;
const PT_LOAD = 1;

function loadElf(path, flash) {
  const elf = readFileSync(path);
  const offset = elf.readUInt32LE(28);
  for (let i = 0; i < elf.readUInt16LE(44); i++) {
    const at = offset + i * elf.readUInt16LE(42);
    const [kind, from, , address, bytes] = [0, 4, 8, 12, 16].map((field) => elf.readUInt32LE(at + field));
    if (kind === PT_LOAD && bytes) flash.set(elf.subarray(from, from + bytes), address - FLASH);
  }
}

function readAll(fd) {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, bytes, 0, bytes.length, 0);
  return bytes;
}

// ---- The world around the chip --------------------------------------------------------------------------------

const chips = new Map();
const byName = new Map();
for (const [name, { kind, address }] of Object.entries(config.chips)) {
  const chip = new KINDS[kind]();
  chips.set(address, chip);
  byName.set(name, chip);
}

const wire = new Socket({ fd: config.net });
const nic = new W5500((frame) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(frame.length);
  wire.write(Buffer.concat([head, frame]));
}, () => {});

const world = {
  nic,
  chips,
  uniqueId: createHash("sha256").update(config.serial).digest().subarray(0, 8),
  cpuTemperature: 27000,
  noise: config.noise, // whether the ring oscillator has any
  print: (byte) => { pending.push(byte); },
  flashChanged(offset, bytes) {
    const at = offset - config.storage.offset;
    if (at < 0 || at + bytes.length > config.storage.bytes) throw new Error(`flash at ${offset} is the firmware's own`);
    writeSync(config.storage.fd, bytes, 0, bytes.length, at);
  },
};

let pending = [];
function flushConsole() {
  if (pending.length) process.stdout.write(Buffer.from(pending));
  pending = [];
}

let machine = new Machine(world);
let beganAt = performance.now();

function powerOn() {
  const { flash, sram } = machine.rp2040;
  flash.fill(0xff);
  loadElf(config.image, flash);
  flash.set(readAll(config.storage.fd), config.storage.offset);
  randomFillSync(sram);
  sram.set(readAll(config.boot.fd), config.boot.address - RAM);
  closeSync(config.boot.fd);
  machine.rom.start();
}

function reset() {
  machine = new Machine(world, machine);
  machine.rom.start();
  beganAt = performance.now();
  monitor.event("RESET");
}

// ---- Running -----------------------------------------------------------------------------------------------------

const typed = [];
let sleeping = null;

function turn() {
  sleeping = null;
  while (typed.length && machine.type(typed[0])) typed.shift();
  // Time that this process was not given is not caught up with: the chip's clock would run too fast for those who wait.
  const now = performance.now();
  const behind = (now - beganAt) * 1e6 - machine.rp2040.clock.nanos;
  if (behind > 100e6) beganAt += behind / 1e6 - 100;
  const pause = machine.run((now - beganAt) * 1e6, 10);
  flushConsole();
  if (machine.resetting) reset();
  if (pause >= 1) sleeping = setTimeout(turn, pause);
  else setImmediate(turn);
}

function wake() {
  if (!sleeping) return;
  clearTimeout(sleeping);
  setImmediate(turn);
  sleeping = null;
}

let received = Buffer.alloc(0);
wire.on("data", (data) => {
  received = Buffer.concat([received, data]);
  while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
    const bytes = received.readUInt32BE(0);
    const frame = received.subarray(4, 4 + bytes);
    // What is shorter than Ethernet wants was padded by the one who sent it.
    nic.receive(bytes < 60 ? Buffer.concat([frame, Buffer.alloc(60 - bytes)]) : frame);
    received = received.subarray(4 + bytes);
  }
  wake();
});
wire.on("end", () => process.exit(1));
process.stdin.on("data", (data) => { typed.push(...data); wake(); });
process.stdin.on("end", () => {});
process.on("SIGTERM", () => process.exit(0));

const monitor = new Monitor(config.monitor, {
  cont: () => { if (!sleeping) { powerOn(); beganAt = performance.now(); turn(); } },
  get(path, property) {
    if (path === "led") return machine.led ? "on" : "off";
    return byName.get(path)[property];
  },
  set(path, property, value) {
    if (path === "cpu") {
      world.cpuTemperature = value;
      machine.warm(value);
    } else if (path === "core") {
      machine.stuck = value;
    } else {
      byName.get(path)[property] = value;
    }
  },
});
