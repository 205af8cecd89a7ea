/** Boards in QEMU, for tests: a token image in a folder of its own, power, a serial line, a display. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { FLASH_BYTES } from '../../host/board.ts';
import type { Key } from '../../host/token.ts';
import { BOARDS, type BuildKind } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { keysPage, SEED_BYTES } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard, type EmulatedBoardOptions } from '../../sim/qemu/emulated-board.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import { NOON, toHex } from '../fixtures.ts';

export const LM3S = BOARDS.lm3s6965evb!;
/** The device key of every board here. */
export const DEVICE_KEY = new Uint8Array(32).fill(0xd1);
export const SEED = new Uint8Array(SEED_BYTES).fill(0x5e);
/** No board takes that long; a test that waits longer has failed. */
const PATIENCE_MILLISECONDS = 60_000;
// The first test that needs a build waits for the compiler, on a computer that may be busy.
vi.setConfig({ testTimeout: 180_000 });
/** Offset of `open` in the state of drivers/keys.c, and the bits of the five keys. */
const KEYS_OPEN = 8;
const ALL_OPEN = 0b111110;

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
  readonly #path: string;
  readonly #kind: BuildKind;

  private constructor(board: EmulatedBoard, line: SerialLine, path: string, kind: BuildKind) {
    this.board = board;
    this.line = line;
    this.#path = path;
    this.#kind = kind;
  }

  static async powerOn({ kind = 'release', image, ...more }: BenchOptions = {}): Promise<Bench> {
    const { elf } = await buildFirmware(LM3S, kind);
    const path = more.flash ?? join(temporaryFolder(), 'image');
    if (more.flash === undefined) {
      writeFileSync(path, image ?? new Uint8Array(FLASH_BYTES).fill(0xff));
    }
    const board = await EmulatedBoard.start({
      type: LM3S,
      firmware: elf,
      keysPage: keysPage(DEVICE_KEY, SEED),
      timeSeconds: NOON,
      ...more,
      flash: path,
    });
    const bench = new Bench(board, new SerialLine(await board.openSerial()), path, kind);
    running.push(bench);
    // The core has booted once something is on the display; a key counts once it was seen open.
    await bench.until((frame) => frame.some((byte) => byte !== 0));
    await bench.untilKeysAreUp();
    return bench;
  }

  /** The bytes on the flash now. */
  get image(): Uint8Array {
    return Uint8Array.from(readFileSync(this.#path));
  }

  /** Puts other bytes on the flash, which the board finds there after its next reset. */
  set image(bytes: Uint8Array) {
    writeFileSync(this.#path, bytes);
  }

  /** Sends a command, in hex. @returns the whole answer in hex */
  async send(command: string): Promise<string> {
    return toHex(
      await this.line.ask(Buffer.from(command, 'hex'), AbortSignal.timeout(PATIENCE_MILLISECONDS)),
    );
  }

  /** Waits for the display to show something. @returns what it shows */
  async until(isIt: (frame: Uint8Array) => boolean): Promise<Uint8Array> {
    let frame = await this.board.frame();
    await soon(async () => {
      frame = await this.board.frame();
      return isIt(frame);
    });
    return frame;
  }

  /** Presses a key that changes the display. @returns what it shows then */
  async press(key: Key): Promise<Uint8Array> {
    const before = toHex(await this.board.frame());
    await this.board.press(key);
    return this.until((frame) => toHex(frame) !== before);
  }

  async #addressOf(symbol: string): Promise<number> {
    const { elf } = await buildFirmware(LM3S, this.#kind);
    return (await symbolsOf(elf))[symbol]!;
  }

  /** Waits until the debouncer has seen all keys open. */
  async untilKeysAreUp(): Promise<void> {
    const address = (await this.#addressOf('keys')) + KEYS_OPEN;
    await soon(async () => ((await this.board.readWord(address)) & ALL_OPEN) === ALL_OPEN);
  }

  /** Lets the board run until its own count of milliseconds has moved on by that much. */
  async runFor(milliseconds: number): Promise<void> {
    const address = await this.#addressOf('milliseconds');
    const end = (await this.board.readWord(address)) + milliseconds;
    await soon(async () => (await this.board.readWord(address)) >= end);
  }

  async powerOff(): Promise<void> {
    this.line.close();
    await this.board.stop();
  }
}
