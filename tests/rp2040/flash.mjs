// flash.mjs - the W25Q16JV on the RP2040's SSI, and the boot ROM that changes it. There is no ROM image to run, so a
// synthetic one has a break point for each function (RP2040 Datasheet, section 2.8.3), and what it did is done here.
import { BasePeripheral } from "./rp2040js.mjs";

const SECTOR = 4096;
const PAGE = 256;
const QUAD = 2; // CTRLR0.SPI_FRF
const RAM_TOP = 0x20042000;
const BOOT2 = 0x20041f00;
const FLASH = 0x10000000;

export class Flash {
  constructor(uniqueId) {
    this.uniqueId = uniqueId; // 8 bytes
    this.xip = false; // whether instructions can be fetched from it
    this.status = [0, 0];
    this.command = [];
    this.answers = [];
    this.selected = false; // by force; otherwise a command lasts until its answers were taken
    this.registers = new Map();
  }

  // What goes in while what comes out, a byte each.
  exchange(byte) {
    if (!this.selected && this.answers.length === 0) this.command = [];
    this.command.push(byte);
    const [code] = this.command;
    const at = this.command.length - 1;
    let answer = 0xff;
    if (code === 0x05 && at > 0) answer = this.status[0];
    if (code === 0x35 && at > 0) answer = this.status[1];
    if (code === 0x01 && at > 0 && at <= 2) this.status[at - 1] = byte;
    if (code === 0x31 && at === 1) this.status[1] = byte;
    if (code === 0x4b && at > 4) answer = this.uniqueId[at - 5];
    this.answers.push(answer);
  }

  select(forced) {
    this.selected = forced;
    this.command = [];
  }
}

export class Ssi extends BasePeripheral {
  constructor(rp2040, flash) {
    super(rp2040, "SSI");
    this.flash = flash;
  }

  readUint32(offset) {
    const { answers, registers } = this.flash;
    if (offset === 0x28) return 0x6 | (answers.length ? 0x8 : 0); // SR: what was sent has left
    if (offset === 0x60) return answers.shift() ?? 0; // DR0
    return registers.get(offset) ?? 0;
  }

  writeUint32(offset, value) {
    const { flash } = this;
    flash.registers.set(offset, value);
    const quad = ((flash.registers.get(0) ?? 0) >>> 21 & 3) === QUAD;
    if (offset === 0x08) {
      flash.answers = [];
      flash.xip = value === 1 && quad;
    }
    if (offset !== 0x60) return;
    if (quad) flash.answers.push(0xff); // a read that teaches the chip its continuous mode
    else flash.exchange(value & 0xff);
  }
}

// IO_QSPI: of interest is that the chip's select line can be forced.
export class QspiPins extends BasePeripheral {
  constructor(rp2040, flash) {
    super(rp2040, "IO_QSPI");
    this.flash = flash;
    this.values = new Map();
  }

  readUint32(offset) {
    return this.values.get(offset) ?? 0;
  }

  writeUint32(offset, value) {
    this.values.set(offset, value);
    if (offset === 0x0c) this.flash.select((value >>> 8 & 3) === 2);
  }
}

// ---- The boot ROM ---------------------------------------------------------------------------------------------

const FUNCTIONS = ["IF", "EX", "RE", "RP", "FC", "CX"];
const LOOKUP = FUNCTIONS.length;
const TABLE = 0x80;
const CODE = 0x100;

const codeOf = (name) => name.charCodeAt(0) | name.charCodeAt(1) << 8;

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++) crc = crc << 1 ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

export class BootRom {
  // changed(offset, bytes): told of each change of the memory
  constructor(rp2040, flash, changed) {
    this.rp2040 = rp2040;
    this.flash = flash;
    this.changed = changed;
    const rom = new DataView(rp2040.bootrom.buffer);
    rom.setUint16(0x14, TABLE, true);
    rom.setUint16(0x18, CODE + 4 * LOOKUP | 1, true);
    for (let n = 0; n <= LOOKUP; n++) {
      rom.setUint16(CODE + 4 * n, 0xbe00 | n, true); // bkpt #n
      rom.setUint16(CODE + 4 * n + 2, 0x4770, true); // bx lr
    }
    FUNCTIONS.forEach((name, n) => {
      rom.setUint16(TABLE + 4 * n, codeOf(name), true);
      rom.setUint16(TABLE + 4 * n + 2, CODE + 4 * n | 1, true);
    });
  }

  // As the ROM starts a chip: the second stage goes to the end of RAM, if its check sum is right.
  start() {
    const { core, flash: memory, sram } = this.rp2040;
    const stage = memory.subarray(0, PAGE);
    const sum = new DataView(memory.buffer).getUint32(PAGE - 4, true);
    if (crc32(stage.subarray(0, PAGE - 4)) !== sum) throw new Error("no valid second boot stage in flash");
    sram.set(stage, BOOT2 - 0x20000000);
    core.registers.fill(0);
    core.SP = RAM_TOP - PAGE;
    core.LR = 0;
    core.PC = BOOT2;
  }

  // returns false for a break point that is not the ROM's
  serve(n) {
    const { core } = this.rp2040;
    if (core.PC >= CODE + 4 * (LOOKUP + 1)) return false;
    const [r0, r1, r2] = core.registers;
    if (n === LOOKUP) {
      const at = FUNCTIONS.findIndex((name) => codeOf(name) === r1 >>> 0);
      core.registers[0] = at < 0 ? 0 : CODE + 4 * at | 1;
      return true;
    }
    const name = FUNCTIONS[n];
    if (name === "EX") {
      this.flash.xip = false;
      this.flash.registers.set(0, 0);
      this.flash.registers.set(0x08, 1);
    }
    if (name === "RE") this.erase(r0 >>> 0, r1 >>> 0);
    if (name === "RP") this.program(r0 >>> 0, r1 >>> 0, r2 >>> 0);
    return true;
  }

  change(offset, bytes) {
    if (this.flash.xip) throw new Error("flash is changed while code runs from it");
    this.rp2040.flash.set(bytes, offset);
    this.changed(offset, bytes);
  }

  erase(offset, count) {
    if (offset % SECTOR || count % SECTOR) throw new Error(`erase of ${count} bytes at ${offset}`);
    this.change(offset, new Uint8Array(count).fill(0xff));
  }

  // Programming clears bits; it never sets one.
  program(offset, from, count) {
    if (offset % PAGE || count % PAGE) throw new Error(`program of ${count} bytes at ${offset}`);
    if (from >= FLASH && from < 0x14000000) throw new Error("programmed from flash, which cannot be read now");
    const bytes = this.rp2040.flash.slice(offset, offset + count);
    for (let i = 0; i < count; i++) bytes[i] &= this.rp2040.readUint8(from + i);
    this.change(offset, bytes);
  }
}
