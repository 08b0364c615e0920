// machine.mjs - one life of the W5500-EVB-Pico, from reset to reset: the chip with its pins wired, and the loop that runs it.
//
// What rp2040js leaves out or has otherwise is made good here: WFI with interrupts masked ends without a handler, a watchdog
// resets, the levels that pins are driven to can be read back.
import { randomInt } from "node:crypto";
import { BootRom, Flash, QspiPins, Ssi } from "./flash.mjs";
import { attach } from "./chips.mjs";
import { GPIOPinState, RP2040 } from "./rp2040js.mjs";

const SELECT_PIN = 17;
const RESET_PIN = 20;
const INTERRUPT_PIN = 21;
const LED_PIN = 25;

const FLASH = [0x10000000, 0x14000000];
const LOCKED_UP = 0xfffffffe;
const RANDOMBIT = 0x1c; // of the ring oscillator

// One cycle. The interpreter manages some 40 million of them a second: so the core is slower than the real one, and all that
// has a clock of its own (timers, SysTick, ADC) keeps the right time.
const CYCLE_NS = 25;

export class Machine {
  constructor(world, before) {
    this.world = world;
    const rp2040 = new RP2040();
    this.rp2040 = rp2040;
    this.resetting = false;
    this.stuck = false; // a core that does nothing any more, for the watchdog to notice
    rp2040.logger = {
      debug() {}, info() {}, warn() {},
      error: (part, text) => { throw new Error(`${part}: ${text} (pc 0x${rp2040.core.PC.toString(16)})`); },
    };
    if (before) this.inherit(before.rp2040);
    this.flash = new Flash(world.uniqueId);
    rp2040.peripherals[0x18000] = new Ssi(rp2040, this.flash);
    rp2040.peripherals[0x40018] = new QspiPins(rp2040, this.flash);
    this.rom = new BootRom(rp2040, this.flash, world.flashChanged);
    rp2040.onBreak = (n) => {
      if (!this.rom.serve(n)) throw new Error(`bkpt ${n} at 0x${rp2040.core.PC.toString(16)}`);
    };
    this.maskedWaits();
    this.oscillator();
    this.wire();
  }

  // RAM and flash outlive a reset, and the watchdog says why it was.
  inherit(old) {
    this.rp2040.sram.set(old.sram);
    for (const name of ["flash", "flash16", "flashView"]) this.rp2040[name] = old[name];
    const [now, then] = [this.rp2040, old].map((chip) => chip.peripherals[0x40058]);
    now.reason = then.reason;
    now.scratchData.set(then.scratchData);
  }

  // Armv6-M ARM, B1.5.17: with PRIMASK set, an interrupt ends WFI and stays pending.
  maskedWaits() {
    const { core } = this.rp2040;
    const stock = core.checkForInterrupts.bind(core);
    core.checkForInterrupts = () => {
      if (!core.PM) return stock();
      core.interruptsUpdated = false;
      return core.waiting && ((core.pendingInterrupts & core.enabledInterrupts) !== 0 || core.pendingSystick);
    };
  }

  // The stock one's random bit is always 1, which is how a broken one would be.
  oscillator() {
    const rosc = this.rp2040.peripherals[0x40060];
    const stock = rosc.readUint32.bind(rosc);
    rosc.readUint32 = (offset) => offset === RANDOMBIT && this.world.noise ? randomInt(2) : stock(offset);
  }

  wire() {
    const { rp2040, world } = this;
    const { gpio, spi: [spi], i2c: [i2c], uart: [uart] } = rp2040;
    for (const pin of gpio) {
      pin.setInputValue(false);
      pin.addListener((state) => {
        if (state === GPIOPinState.High || state === GPIOPinState.Low) pin.setInputValue(state === GPIOPinState.High);
      });
    }
    for (const pin of [4, 5]) gpio[pin].setInputValue(true); // pulled up
    gpio[SELECT_PIN].addListener((state) => world.nic.select(state === GPIOPinState.Low));
    gpio[RESET_PIN].addListener((state) => { if (state === GPIOPinState.Low) world.nic.reset(); });
    spi.onTransmit = (byte) => spi.completeTransmit(world.nic.exchange(byte));
    world.nic.interrupt = (low) => gpio[INTERRUPT_PIN].setInputValue(!low);
    world.nic.reset();
    attach(i2c, world.chips);
    uart.onByte = world.print;
    const watchdog = rp2040.peripherals[0x40058];
    watchdog.onWatchdogTrigger = () => {
      watchdog.alarm.enable = false; // it would bark for ever within one tick of the clock
      this.resetting = true;
    };
    this.warm(world.cpuTemperature);
  }

  get led() {
    return this.rp2040.gpio[LED_PIN].value === GPIOPinState.High;
  }

  // milli-degrees; RP2040 Datasheet, section 4.9.5
  warm(milliC) {
    const volts = 0.706 - (milliC / 1000 - 27) * 0.001721;
    this.rp2040.adc.channelValues[4] = Math.round(volts / 3.3 * 4096);
  }

  type(byte) {
    const [uart] = this.rp2040.uart;
    if (uart.rxFIFO.full) return false;
    uart.feedByte(byte);
    return true;
  }

  // Runs for wallMs at most, or until the chip's time is that of the world. returns how long nothing is due, in ms; 0: go on
  run(untilNs, wallMs) {
    const { core, clock } = this.rp2040;
    const end = performance.now() + wallMs;
    for (let turn = 0; !this.resetting; turn++) {
      if (!this.stuck && core.waiting && !core.checkForInterrupts()) {
        const next = clock.nextAlarm ? clock.nextAlarm.nanos : Infinity;
        if (next > untilNs) {
          clock.tick(Math.max(0, untilNs - clock.nanos));
          return Math.min(1000, (next - untilNs) / 1e6);
        }
        clock.tick(Math.max(0, next - clock.nanos));
        continue;
      }
      core.waiting = false;
      if (this.stuck) clock.tick(64 * CYCLE_NS);
      else this.steps(64);
      if (clock.nanos >= untilNs) return 1;
      if (turn % 64 === 0 && performance.now() > end) return 0;
    }
    return 0;
  }

  steps(count) {
    const { core, clock } = this.rp2040;
    for (let i = 0; i < count && !core.waiting && !this.resetting; i++) {
      if (!this.flash.xip && core.PC >= FLASH[0] && core.PC < FLASH[1])
        throw new Error(`0x${core.PC.toString(16)} is fetched from flash, which cannot be read now`);
      if (core.PC >>> 0 >= LOCKED_UP) throw new Error("the core has locked up");
      clock.tick(core.executeInstruction() * CYCLE_NS);
    }
  }
}
