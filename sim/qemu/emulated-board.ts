/**
 * A board in QEMU: the real firmware image on an emulated chip, with the token image as its flash.
 *
 * Where the flash is a part of its own, QEMU writes the token image in place, each write before the
 * firmware goes on: a QEMU that is killed is, for the token, a power cut like any other. Where it lies in
 * the chip it ends with QEMU; then the image is brought up to date before anything that the board says or
 * shows is passed on, so that nobody has seen what the image does not know of (flash-keeper.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Key } from '../../host/token.ts';
import type { BoardType } from '../firmware/boards.ts';
import { FirmwareError } from '../firmware/errors.ts';
import { FlashKeeper } from './flash-keeper.ts';
import { LedMatrix } from './led-matrix.ts';
import { MACHINES, type Machine, milliseconds } from './machines.ts';
import { frameOfPicture } from './picture.ts';
import { Qmp } from './qmp.ts';
import { Qtest } from './qtest.ts';

const QEMU = 'qemu-system-arm';
/** A QEMU that outlives this program would write to a token that somebody else has opened since. */
const DIE_WITH_US = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL'] : [];
const PRIVATE = 0o600;
/** How setpriv ends when it does not find the program. */
const NO_SUCH_PROGRAM = 127;
const RETRY_MILLISECONDS = 10;
const PATIENCE_MILLISECONDS = 60_000;
/** Longer than contacts bounce (drivers/keys.c), and than a busy computer keeps QEMU waiting. */
const PAUSE_MILLISECONDS = 60;

export interface EmulatedBoardOptions {
  readonly type: BoardType;
  /** The firmware, as ELF or as a raw image. */
  readonly firmware: string;
  /** The token image. */
  readonly flash: string;
  /** What the page of the board's keys holds; wiped once the chip has it. */
  readonly keysPage: Uint8Array;
  /** Seconds since 1970 on the clock of the board at power-on. */
  readonly timeSeconds: number;
  /** QEMU's name of a way to show the display; default: none. */
  readonly display?: string;
  /** What QEMU puts at the end of the serial line; default: a socket, for `openSerial`. */
  readonly serial?: string;
  /** More for QEMU, that a test needs; the folder is for its sockets. */
  readonly extra?: (folder: string) => readonly string[];
  /** Done with the chip before its first instruction. */
  readonly prepare?: (chip: Chip) => Promise<void>;
}

/** A chip that stands still before its first instruction. */
export interface Chip {
  /** Where the sockets are. */
  readonly folder: string;
  readonly qtest: Qtest;
  /** Takes the power away, at any time. */
  cut(): Promise<void>;
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export class EmulatedBoard {
  readonly #process: ChildProcess;
  readonly #machine: Machine;
  readonly #folder: string;
  /** Told when QEMU has ended, for whatever reason. */
  readonly ended: Promise<void>;
  #qmp: Qmp | null = null;
  #qtest: Qtest | null = null;
  #flash: FlashKeeper | null = null;
  /** What the LEDs show, on a board that has them. */
  readonly leds = new LedMatrix();
  #said = '';

  private constructor(options: EmulatedBoardOptions, folder: string) {
    this.#folder = folder;
    this.#machine = MACHINES[options.type.name]!;
    const [program, ...prefix] = [...DIE_WITH_US, QEMU];
    this.#process = spawn(program!, [...prefix, ...argumentsOf(options, this.#machine, folder)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // In a group of its own: a ctrl-c of the terminal is for us, who bring home what the board has.
      detached: true,
    });
    this.#process.stderr!.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString('utf8')).slice(-2000);
    });
    this.ended = new Promise((resolve) => {
      this.#process.once('error', () => resolve());
      this.#process.once('close', () => resolve());
    });
    this.ended.then(() => {
      this.#flash?.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /**
   * Powers a board up; resolves when its serial line takes bytes.
   * @throws FirmwareError TOOL_MISSING, BOARD_FAILED
   */
  static async start(options: EmulatedBoardOptions): Promise<EmulatedBoard> {
    const folder = mkdtempSync(join(tmpdir(), 'oathfob-board-'));
    const keys = join(folder, 'keys');
    if (options.type.flashAddress === null)
      writeFileSync(keys, options.keysPage, { mode: PRIVATE });
    const board = new EmulatedBoard(options, folder);
    try {
      await board.#powerUp(options);
      return board;
    } catch (error) {
      board.#process.kill('SIGKILL');
      await board.ended;
      throw board.#failure(error as Error);
    } finally {
      options.keysPage.fill(0);
      eraseFile(keys);
    }
  }

  async #powerUp({ prepare, flash, keysPage, type }: EmulatedBoardOptions): Promise<void> {
    this.#qmp = await this.#soon(() => Qmp.open(join(this.#folder, 'qmp')));
    this.#qtest = await this.#soon(() => Qtest.open(this.#folder));
    const { ready, buttonsStick } = this.#machine;
    if (type.flashAddress !== null) {
      await this.#machine.fillFlash?.(this.qtest, type.flashAddress, readFileSync(flash));
      await this.#machine.fillFlash?.(this.qtest, type.keysAddress, keysPage);
      this.#flash = FlashKeeper.open(this.qtest, type.flashAddress, flash);
    }
    await this.#machine.watchLeds?.(this.qtest, this.leds);
    await prepare?.({ folder: this.#folder, qtest: this.qtest, cut: () => this.#cut() });
    await this.#qmp.execute('cont');
    await this.#soon(async () => {
      const bits = (await this.readWord(ready.address)) & ready.bits;
      if (bits !== ready.bits) throw new Error('it does not start');
    });
    if (buttonsStick) await this.#soon(() => this.liftKeys());
  }

  /** Tries until it works, for as long as a board may take to come up. */
  async #soon<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const until = performance.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#hasEnded || performance.now() > until) throw error;
        await pause(RETRY_MILLISECONDS);
      }
    }
  }

  get #hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  #failure(error: Error): FirmwareError {
    const { pid, exitCode } = this.#process;
    if (pid === undefined && DIE_WITH_US.length > 0) {
      return missing('setpriv', 'util-linux');
    }
    if (pid === undefined || exitCode === NO_SUCH_PROGRAM) return missing(QEMU, 'qemu-system-arm');
    const said = this.#said.trim().split('\n').at(-1) || error.message;
    return new FirmwareError('BOARD_FAILED', `the emulated board failed: ${said}`, 'try it again');
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get qmp(): Qmp {
    return this.#qmp!;
  }

  get qtest(): Qtest {
    return this.#qtest!;
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** A connection to the board's serial line; one at a time. */
  openSerial(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, 'serial'));
      socket.once('connect', () => resolve(this.#flash?.guard(socket) ?? socket));
      socket.once('error', reject);
    });
  }

  /** From a reset on, a button may read as pressed until it has been let go for the first time. */
  async liftKeys(): Promise<void> {
    if (!this.#machine.buttonsStick) return;
    for (const button of this.#machine.buttons) {
      await this.#machine.moveButton(this, button, true);
      await this.#machine.moveButton(this, button, false);
    }
  }

  async #moveKey(key: Key, isDown: boolean): Promise<void> {
    const { buttons } = this.#machine.keys[key];
    // Two buttons move at the same moment of the chip's time, however busy this computer is.
    if (buttons.length > 1) await this.qmp.execute('stop');
    for (const button of buttons) await this.#machine.moveButton(this, button, isDown);
    if (buttons.length > 1) await this.qmp.execute('cont');
  }

  holdKey(key: Key): Promise<void> {
    return this.#moveKey(key, true);
  }

  releaseKey(key: Key): Promise<void> {
    return this.#moveKey(key, false);
  }

  /** Presses a key for as long as a hurried person does. */
  async press(key: Key): Promise<void> {
    await this.holdKey(key);
    await pause(milliseconds(this.#machine.keys[key]));
    await this.releaseKey(key);
    await pause(PAUSE_MILLISECONDS);
    await this.save();
  }

  /** Brings the token image up to date, where QEMU does not do so by itself. */
  async save(): Promise<void> {
    await this.#flash?.save();
  }

  /** QEMU's picture of an OLED, a PPM of 512 x 256 pixels. */
  async picture(): Promise<Uint8Array> {
    const path = join(this.#folder, 'picture');
    await this.qmp.execute('screendump', { filename: path });
    return readFileSync(path);
  }

  /** What the OLED shows. */
  async frame(): Promise<Uint8Array> {
    return frameOfPicture(await this.picture());
  }

  /** A word of the chip's memory or registers. */
  readWord(address: number): Promise<number> {
    return this.qtest.readWord(address);
  }

  /** Takes the power away, at whatever the chip is doing. */
  async #cut(): Promise<void> {
    if (this.#flash !== null) {
      try {
        await this.#qmp?.execute('stop');
        await this.save();
      } catch {
        // It has ended already, and its flash with it.
      }
    }
    this.#process.kill('SIGKILL');
  }

  /** Takes the power away. */
  async stop(): Promise<void> {
    await this.#cut();
    this.#qmp?.close();
    this.#qtest?.close();
    await this.ended;
  }
}

function missing(program: string, debianPackage: string): FirmwareError {
  const hint = `apt-get install -y ${debianPackage}`;
  return new FirmwareError('TOOL_MISSING', `${program} is not installed`, hint);
}

/** Overwrites a file with zeros and removes it, if it is there still. */
function eraseFile(path: string): void {
  if (!existsSync(path)) return;
  writeFileSync(path, new Uint8Array(readFileSync(path).length));
  rmSync(path, { force: true });
}

function argumentsOf(
  { type, firmware, flash, timeSeconds, display = 'none', serial, extra }: EmulatedBoardOptions,
  machine: Machine,
  folder: string,
): string[] {
  const file = (path: string) => path.replaceAll(',', ',,');
  const base = new Date(timeSeconds * 1000).toISOString().slice(0, 19);
  const socket = `socket,path=${file(join(folder, 'serial'))},server=on,wait=off`;
  return [
    ...['-nodefaults', '-no-user-config', '-S', '-display', display],
    ...machine.parts(file(flash), file(join(folder, 'keys')), type.keysAddress),
    ...['-kernel', firmware],
    ...Qtest.arguments(folder),
    ...['-chardev', `${serial ?? socket},id=serial`],
    ...['-serial', 'chardev:serial'],
    ...['-qmp', `unix:${file(join(folder, 'qmp'))},server=on,wait=off`],
    ...['-rtc', `base=${base}`],
    ...(extra?.(folder) ?? []),
  ];
}
