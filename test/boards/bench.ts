/** Boards in QEMU, for tests: a token image in a folder of its own, power, a serial line, a display. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { FLASH_BYTES } from '../../host/board.ts';
import type { Key, Token } from '../../host/token.ts';
import { FRAME_BYTES } from '../../sim/board/display.ts';
import { BOARDS, type BoardType, type BuildKind } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { keysPage, SEED_BYTES } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard, type EmulatedBoardOptions } from '../../sim/qemu/emulated-board.ts';
import { milliseconds } from '../../sim/qemu/machines.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import { NOON, toHex } from '../fixtures.ts';
import { addressIn } from './module.ts';

/** Name and type of every board, for `describe.each`. */
export const EVERY_BOARD = Object.entries(BOARDS);
export const LM3S = BOARDS.lm3s6965evb!;
export const MICROBIT = BOARDS.microbit!;
/** The device key of every board here. */
export const DEVICE_KEY = new Uint8Array(32).fill(0xd1);
export const SEED = new Uint8Array(SEED_BYTES).fill(0x5e);
/** No board takes that long; a test that waits longer has failed. */
const PATIENCE_MILLISECONDS = 60_000;
// The first test that needs a build waits for the compiler, on a computer that may be busy.
vi.setConfig({ testTimeout: 180_000 });
/** Offset of `open` in the state of drivers/keys.c, and the bits of the buttons. */
const KEYS_OPEN = 8;
const BUTTONS: Readonly<Record<string, number>> = { lm3s6965evb: 0b111110, microbit: 0b11 };
/** Offset of the length in the state of drivers/text-scroller.c, which begins with the text. */
const LED_TEXT_LENGTH = 192;

const running: Bench[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const bench of running.splice(0)) await bench.powerOff();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Asks until it is so. */
export async function soon(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('the board does not get there');
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-boards-'));
  folders.push(folder);
  return folder;
}

export interface BenchOptions extends Partial<EmulatedBoardOptions> {
  readonly kind?: BuildKind;
  /** The bytes on the flash; default: erased. */
  readonly image?: Uint8Array;
}

export class Bench {
  readonly board: EmulatedBoard;
  readonly line: SerialLine;
  readonly #type: BoardType;
  readonly #path: string;
  readonly #symbols: Readonly<Record<string, number>>;
  readonly #frameAddress: number;

  private constructor(
    board: EmulatedBoard,
    line: SerialLine,
    type: BoardType,
    path: string,
    elf: string,
    symbols: Readonly<Record<string, number>>,
  ) {
    this.board = board;
    this.line = line;
    this.#type = type;
    this.#path = path;
    this.#symbols = symbols;
    this.#frameAddress = addressIn(elf, 'frame');
  }

  static async powerOn({
    type = LM3S,
    kind = 'release',
    image,
    ...more
  }: BenchOptions = {}): Promise<Bench> {
    const { elf } = await buildFirmware(type, kind);
    const path = more.flash ?? join(temporaryFolder(), 'image');
    if (more.flash === undefined) {
      writeFileSync(path, image ?? new Uint8Array(FLASH_BYTES).fill(0xff));
    }
    const board = await EmulatedBoard.start({
      type,
      firmware: elf,
      keysPage: keysPage(DEVICE_KEY, SEED),
      timeSeconds: NOON,
      ...more,
      flash: path,
    });
    const line = new SerialLine(await board.openSerial());
    const bench = new Bench(board, line, type, path, elf, await symbolsOf(elf));
    running.push(bench);
    // The core has booted once something is on the display; a key counts once it was seen open.
    await bench.until((frame) => frame.some((byte) => byte !== 0));
    await bench.untilKeysAreUp();
    return bench;
  }

  /** The bytes on the flash, as of the last thing that was heard or seen of the board. */
  get image(): Uint8Array {
    return Uint8Array.from(readFileSync(this.#path));
  }

  /** Puts other bytes on the flash, which the board finds there after its next reset. */
  async putImage(bytes: Uint8Array): Promise<void> {
    const { board } = this;
    const { flashAddress } = this.#type;
    if (flashAddress === null) writeFileSync(this.#path, bytes);
    else await board.machine.fillFlash!(board.qtest, flashAddress, bytes);
    await board.save();
  }

  /** Sends a command, in hex. @returns the whole answer in hex */
  async send(command: string): Promise<string> {
    return toHex(
      await this.line.ask(Buffer.from(command, 'hex'), AbortSignal.timeout(PATIENCE_MILLISECONDS)),
    );
  }

  /** What the OLED shows; on a board without one, what its firmware has drawn. */
  async frame(): Promise<Uint8Array> {
    await this.board.save();
    if (this.board.machine.display === 'oled') return this.board.frame();
    return this.board.qtest.read(this.#frameAddress, FRAME_BYTES);
  }

  /** The text that runs over the LEDs. */
  async ledText(): Promise<string> {
    const at = this.#symbols.scroller!;
    const bytes = await this.board.qtest.read(at, LED_TEXT_LENGTH + 4);
    return Buffer.from(bytes.subarray(0, bytes[LED_TEXT_LENGTH])).toString('latin1');
  }

  /**
   * Waits for the display to show something. A picture that is none, since a reset chip is still
   * setting its display up, is not what is waited for.
   * @returns what it shows
   */
  async until(isIt: (frame: Uint8Array) => boolean): Promise<Uint8Array> {
    let frame: Uint8Array | null = null;
    await soon(async () => {
      frame = await this.frame().catch((error: unknown) => {
        if (error instanceof RangeError) return null;
        throw error;
      });
      return frame !== null && isIt(frame);
    });
    return frame!;
  }

  /** Waits for the display to show what a token in Node does. @returns the frame */
  async untilItShows(token: Token): Promise<Uint8Array> {
    const expected = toHex(token.frame);
    const frame = await this.until((shown) => toHex(shown) === expected);
    if (this.board.machine.display === 'leds') {
      await soon(async () => (await this.ledText()) === token.text);
    }
    return frame;
  }

  /** Presses a key, for as long as the firmware needs to see it. */
  async press(key: Key): Promise<void> {
    const press = this.board.machine.keys[key];
    await this.board.holdKey(key);
    await this.untilKeysAreDown(press.buttons.length);
    if (press.counts === 'held') await this.runFor(milliseconds(press));
    await this.board.releaseKey(key);
    await this.untilKeysAreUp();
  }

  /** How many buttons the debouncer has down. */
  async #buttonsDown(): Promise<number> {
    const open = await this.board.readWord(this.#symbols.keys! + KEYS_OPEN);
    const down = ~open & BUTTONS[this.#type.name]!;
    return down.toString(2).replaceAll('0', '').length;
  }

  /** Waits until the debouncer has seen all buttons open. */
  untilKeysAreUp(): Promise<void> {
    return soon(async () => (await this.#buttonsDown()) === 0);
  }

  /** Waits until the debouncer has seen that many buttons down. */
  untilKeysAreDown(count: number): Promise<void> {
    return soon(async () => (await this.#buttonsDown()) === count);
  }

  /** Lets the board run until its own count of milliseconds has moved on by that much. */
  async runFor(time: number): Promise<void> {
    const address = this.#symbols.milliseconds!;
    const end = (await this.board.readWord(address)) + time;
    await soon(async () => (await this.board.readWord(address)) >= end);
  }

  async powerOff(): Promise<void> {
    this.line.close();
    await this.board.stop();
  }
}
