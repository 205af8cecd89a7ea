/** What QEMU needs to know of each board that it emulates, and how each is reached from outside. */
import type { Key } from '../../host/token.ts';
import type { LedMatrix } from './led-matrix.ts';
import { flashThroughNvmc } from './nvmc.ts';
import type { Qmp } from './qmp.ts';
import type { Qtest } from './qtest.ts';

const FLASH_NODE = 'flash';
/** QEMU's name of the chip with the lines of its port. */
const NRF51 = '/machine/nrf51';
/** The lines of the micro:bit's buttons (host/mcu/boards/microbit/pins.h). */
const BUTTON_LINES: Readonly<Record<string, number>> = { a: 17, b: 26 };
/** Longer than contacts bounce (drivers/keys.c), and than a busy computer keeps QEMU waiting. */
const SHORT_MILLISECONDS = 60;
/** Longer than drivers/two-buttons.c takes for a long press. */
const LONG_MILLISECONDS = 800;

/** How a key is pressed, and when that counts: when contacts close, when they open again, or by time. */
export interface Press {
  readonly buttons: readonly string[];
  readonly counts: 'closed' | 'released' | 'held';
}

/** The ways to the inside of a running QEMU. */
export interface Reach {
  readonly qmp: Qmp;
  readonly qtest: Qtest;
}

export interface Machine {
  /**
   * The machine and its parts, for QEMU's command line.
   * @param flash  path of the token image, commas doubled
   * @param keys   path of a file with the keys page, commas doubled
   */
  parts(flash: string, keys: string, keysAddress: number): string[];
  /**
   * Puts bytes into the flash of the chip, before its first instruction; on boards whose token image lies
   * there (firmware/boards.ts). For all others QEMU has the image as a file, and writes it in place.
   */
  fillFlash?(qtest: Qtest, address: number, bytes: Uint8Array): Promise<void>;
  /** What the board shows: QEMU has a picture of the OLED; the LEDs are lines of the chip. */
  readonly display: 'oled' | 'leds';
  watchLeds?(qtest: Qtest, leds: LedMatrix): Promise<void>;
  readonly buttons: readonly string[];
  readonly keys: Readonly<Record<Key, Press>>;
  moveButton(reach: Reach, button: string, isDown: boolean): Promise<unknown>;
  /** Whether a button reads as pressed from reset on, until it is let go for the first time. */
  readonly buttonsStick: boolean;
  /** A register, and the bits that are set in it once the serial line takes bytes. */
  readonly ready: { readonly address: number; readonly bits: number };
}

/** How long buttons are held for that by a hurried person. */
export function milliseconds({ counts }: Press): number {
  return counts === 'held' ? LONG_MILLISECONDS : SHORT_MILLISECONDS;
}

const LM3S6965EVB: Machine = {
  parts: (flash, keys, keysAddress) => [
    ...['-machine', 'lm3s6965evb'],
    ...['-nic', 'none'],
    ...['-blockdev', `driver=file,node-name=${FLASH_NODE},filename=${flash}`],
    ...['-device', `at24c-eeprom,bus=i2c,address=0x50,rom-size=16384,drive=${FLASH_NODE}`],
    ...['-device', 'ds1338,bus=i2c,address=0x68'],
    ...['-device', `loader,file=${keys},addr=${keysAddress},force-raw=on`],
  ],
  display: 'oled',
  // Names of QEMU for keys of this computer.
  buttons: ['up', 'down', 'left', 'right', 'ctrl'],
  keys: {
    up: { buttons: ['up'], counts: 'closed' },
    down: { buttons: ['down'], counts: 'closed' },
    left: { buttons: ['left'], counts: 'closed' },
    right: { buttons: ['right'], counts: 'closed' },
    ok: { buttons: ['ctrl'], counts: 'closed' },
  },
  moveButton: ({ qmp }, button, down) => {
    const data = { down, key: { type: 'qcode', data: button } };
    return qmp.execute('input-send-event', { events: [{ type: 'key', data }] });
  },
  buttonsStick: true,
  // UARTCTL of UART0: the line, its transmitter and its receiver are on.
  ready: { address: 0x4000c030, bits: 0x301 },
};

const MICROBIT: Machine = {
  parts: () => ['-machine', 'microbit'],
  fillFlash: flashThroughNvmc,
  display: 'leds',
  watchLeds: (qtest, leds) => qtest.watchLines(NRF51, (line, isHigh) => leds.change(line, isHigh)),
  buttons: Object.keys(BUTTON_LINES),
  keys: {
    up: { buttons: ['a'], counts: 'released' },
    down: { buttons: ['b'], counts: 'released' },
    left: { buttons: ['a'], counts: 'held' },
    right: { buttons: ['b'], counts: 'held' },
    ok: { buttons: ['a', 'b'], counts: 'closed' },
  },
  moveButton: ({ qtest }, button, isDown) => qtest.setLine(NRF51, BUTTON_LINES[button]!, !isDown),
  buttonsStick: false,
  // INTENSET of UART0: bytes that come are taken. QEMU does not let ENABLE be read.
  ready: { address: 0x40002304, bits: 0x204 },
};

export const MACHINES: Readonly<Record<string, Machine>> = {
  lm3s6965evb: LM3S6965EVB,
  microbit: MICROBIT,
};
