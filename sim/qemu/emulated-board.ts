/**
 * A board in QEMU: the real firmware image on an emulated chip, with the token image as its flash.
 *
 * QEMU writes the token image in place, each write before the firmware goes on. So a QEMU that is
 * killed is, for the token, a power cut like any other.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Key } from '../../host/token.ts';
import type { BoardType } from '../firmware/boards.ts';
import { FirmwareError } from '../firmware/errors.ts';
import { MACHINES, type Machine } from './machines.ts';
import { frameOfPicture } from './picture.ts';
import { Qmp } from './qmp.ts';

const QEMU = 'qemu-system-arm';
/** A QEMU that outlives this program would write to a token that somebody else has opened since. */
const DIE_WITH_US = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL'] : [];
const FLASH_NODE = 'flash';
const PRIVATE = 0o600;
/** How setpriv ends when it does not find the program. */
const NO_SUCH_PROGRAM = 127;
const RETRY_MILLISECONDS = 10;
const PATIENCE_MILLISECONDS = 60_000;
/** Longer than contacts bounce (drivers/keys.c), and than a busy computer keeps QEMU waiting. */
const KEY_MILLISECONDS = 60;

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
  /** More for QEMU, that a test needs; the folder is for its sockets. */
  readonly extra?: (folder: string) => readonly string[];
  /** Done with the chip before its first instruction; `cut` takes its power away at any time. */
  readonly prepare?: (folder: string, cut: () => void) => Promise<void>;
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
  #said = '';

  private constructor(options: EmulatedBoardOptions, folder: string) {
    this.#folder = folder;
    this.#machine = MACHINES[options.type.name]!;
    const [program, ...prefix] = [...DIE_WITH_US, QEMU];
    this.#process = spawn(program!, [...prefix, ...argumentsOf(options, this.#machine, folder)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr!.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString('utf8')).slice(-2000);
    });
    this.ended = new Promise((resolve) => {
      this.#process.once('error', () => resolve());
      this.#process.once('close', () => resolve());
    });
    this.ended.then(() => rmSync(folder, { recursive: true, force: true }));
  }

  /**
   * Powers a board up; resolves when its serial line takes bytes.
   * @throws FirmwareError TOOL_MISSING, BOARD_FAILED
   */
  static async start(options: EmulatedBoardOptions): Promise<EmulatedBoard> {
    const folder = mkdtempSync(join(tmpdir(), 'oathfob-board-'));
    const keys = join(folder, 'keys');
    writeFileSync(keys, options.keysPage, { mode: PRIVATE });
    options.keysPage.fill(0);
    const board = new EmulatedBoard(options, folder);
    try {
      await board.#powerUp(options.prepare);
      return board;
    } catch (error) {
      board.#process.kill('SIGKILL');
      await board.ended;
      throw board.#failure(error as Error);
    } finally {
      eraseFile(keys);
    }
  }

  async #powerUp(prepare: EmulatedBoardOptions['prepare']): Promise<void> {
    this.#qmp = await this.#soon(() => Qmp.open(join(this.#folder, 'qmp')));
    await prepare?.(this.#folder, () => this.#process.kill('SIGKILL'));
    await this.#qmp.execute('cont');
    const { address, bits } = this.#machine.ready;
    await this.#soon(async () => {
      if (((await this.readWord(address)) & bits) !== bits) throw new Error('it does not start');
    });
    await this.#soon(() => this.liftKeys());
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
    if (this.#process.pid === undefined || this.#process.exitCode === NO_SUCH_PROGRAM) {
      const hint = 'apt-get install -y qemu-system-arm';
      return new FirmwareError('TOOL_MISSING', `${QEMU} is not installed`, hint);
    }
    const said = this.#said.trim().split('\n').at(-1) || error.message;
    return new FirmwareError('BOARD_FAILED', `the emulated board failed: ${said}`, 'try it again');
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get qmp(): Qmp {
    return this.#qmp!;
  }

  /** A connection to the board's serial line; one at a time. */
  openSerial(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, 'serial'));
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  /** From a reset on, a key's line reads as pressed until it has been let go for the first time. */
  async liftKeys(): Promise<void> {
    for (const key of Object.keys(this.#machine.keys)) {
      await this.holdKey(key as Key);
      await this.releaseKey(key as Key);
    }
  }

  #moveKey(key: Key, down: boolean): Promise<unknown> {
    const data = { down, key: { type: 'qcode', data: this.#machine.keys[key] } };
    return this.qmp.execute('input-send-event', { events: [{ type: 'key', data }] });
  }

  holdKey(key: Key): Promise<unknown> {
    return this.#moveKey(key, true);
  }

  releaseKey(key: Key): Promise<unknown> {
    return this.#moveKey(key, false);
  }

  /** Presses a key for as long as a hurried person does. */
  async press(key: Key): Promise<void> {
    await this.holdKey(key);
    await pause(KEY_MILLISECONDS);
    await this.releaseKey(key);
    await pause(KEY_MILLISECONDS);
  }

  /** QEMU's picture of the display, a PPM of 512 x 256 pixels. */
  async picture(): Promise<Uint8Array> {
    const path = join(this.#folder, 'picture');
    await this.qmp.execute('screendump', { filename: path });
    return readFileSync(path);
  }

  /** What the display shows. */
  async frame(): Promise<Uint8Array> {
    return frameOfPicture(await this.picture());
  }

  /** A word of the chip's memory or registers. */
  async readWord(address: number): Promise<number> {
    const text = await this.qmp.monitor(`xp /1xw ${address}`);
    const match = /: 0x([0-9a-f]{8})/.exec(text);
    if (!match) throw new Error(`no word at ${address}: ${text}`);
    return Number.parseInt(match[1]!, 16);
  }

  /** Takes the power away. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    this.#qmp?.close();
    await this.ended;
  }
}

/** Overwrites a file with zeros and removes it, if it is there still. */
function eraseFile(path: string): void {
  if (!existsSync(path)) return;
  writeFileSync(path, new Uint8Array(readFileSync(path).length));
  rmSync(path, { force: true });
}

function argumentsOf(
  { type, firmware, flash, timeSeconds, display = 'none', extra }: EmulatedBoardOptions,
  machine: Machine,
  folder: string,
): string[] {
  const file = (path: string) => path.replaceAll(',', ',,');
  const base = new Date(timeSeconds * 1000).toISOString().slice(0, 19);
  return [
    ...['-nodefaults', '-no-user-config', '-S', '-display', display],
    ...['-blockdev', `driver=file,node-name=${FLASH_NODE},filename=${file(flash)}`],
    ...machine.parts(FLASH_NODE),
    ...['-kernel', firmware],
    ...[
      '-device',
      `loader,file=${file(join(folder, 'keys'))},addr=${type.keysAddress},force-raw=on`,
    ],
    ...['-chardev', `socket,id=serial,path=${file(join(folder, 'serial'))},server=on,wait=off`],
    ...['-serial', 'chardev:serial'],
    ...['-qmp', `unix:${file(join(folder, 'qmp'))},server=on,wait=off`],
    ...['-rtc', `base=${base}`],
    ...(extra?.(folder) ?? []),
  ];
}
