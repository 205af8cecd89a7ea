/**
 * A desk with a card reader, for programs that know nothing of us: a PC/SC daemon and `oathfob pcsc`
 * in a place of their own, with a home of its own for what the programs remember.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseLock, takeLock } from '../../sim/board/file-lock.ts';
import type { Outcome } from '../cli/harness.ts';
import { DESK_MILLISECONDS, enter, isIsolated, isolate } from './isolation.ts';

/** vpcd makes two slots; the token is in the first one. */
export const READER = 'Virtual PCD 00 00';
const SOCKET = '/run/pcscd/pcscd.comm';
const POLL_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 60_000;

/** Without namespaces: whose turn it is at the machine's own daemon. */
const TURN = join(tmpdir(), 'oathfob-desk.lock');
const WITHOUT = '; OATHFOB_WITHOUT=clients goes without';
const PROGRAMS = ['pcscd', 'ykman', 'opensc-tool', 'pcsc_scan', 'scriptor'];

/** @throws Error when programs or rights are missing, with the way to get them or to go without */
export function demandPrograms(programs: readonly string[] = PROGRAMS): void {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`.split(':');
  const missing = programs.filter((name) => !path.some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0) {
    throw new Error(`missing: ${missing.join(', ')}; scripts/setup installs them${WITHOUT}`);
  }
  if (isIsolated || process.getuid?.() === 0) return;
  throw new Error(`no right to a PC/SC daemon: run as root, or allow user namespaces${WITHOUT}`);
}

/** A process of ours, and all that it printed. */
class Service {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  printed = '';

  constructor(program: readonly string[], environment: NodeJS.ProcessEnv) {
    // Not even a killed test leaves a daemon behind.
    const args = ['--pdeathsig', 'TERM', ...program];
    this.child = spawn('setpriv', args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.printed += chunk;
    };
    this.child.stdout!.on('data', keep);
    this.child.stderr!.on('data', keep);
    this.child.stdin!.on('error', () => {});
    this.exited = new Promise((resolve) => this.child.once('close', resolve));
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.hasEnded) this.child.kill(signal);
    return this.exited;
  }
}

/** A token in the reader. */
export interface PluggedToken {
  printed(): string;
  /** A line on its standard input. */
  type(line: string): void;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export class Desk {
  readonly folder: string;
  readonly #cli: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #services: Service[] = [];
  #daemon: Service | null = null;
  #hasTurn = false;
  #token: PluggedToken | null = null;

  /** @param cli path of cli.js */
  constructor(cli: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'oathfob-desk-'));
    this.#cli = cli;
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    // pcsc_scan would fetch a newer list of cards.
    const proxies = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
    this.#environment = { PATH: path, HOME: this.folder, LC_ALL: 'C.UTF-8', ...proxies };
  }

  /** A desk with a token that was made with these options, in its reader; a copy is `before.img`. */
  static async withToken(cli: string, made: string, ...options: string[]): Promise<Desk> {
    const desk = new Desk(cli);
    try {
      await desk.startReader();
      await desk.oathfob(...`token new fob.img --record fob.record ${made}`.split(' '));
      for (const end of ['', '.board'])
        copyFileSync(desk.path(`fob.img${end}`), desk.path(`before.img${end}`));
      await desk.plugIn('fob.img', ...options);
      return desk;
    } catch (error) {
      await desk.close();
      throw error;
    }
  }

  /** Starts the PC/SC daemon; without namespaces it waits until no other desk has one. */
  async startReader(): Promise<void> {
    if (!isIsolated) {
      await until(
        () => takeLock(TURN) === null,
        () => 'another desk has it',
        DESK_MILLISECONDS,
      );
      this.#hasTurn = true;
    }
    const script = `exec pcscd --foreground ${needsNoPolkit() ? '--disable-polkit' : ''}`;
    const daemon = new Service(isolate(script), this.#environment);
    this.#daemon = daemon;
    const socket = isIsolated ? `/proc/${daemon.child.pid}/root${SOCKET}` : SOCKET;
    const complaint = () => `no PC/SC daemon: ${daemon.printed}`;
    await until(() => existsSync(socket) || daemon.hasEnded, complaint);
    if (daemon.hasEnded) throw new Error(complaint());
  }

  /** Starts `oathfob pcsc` and waits until the reader has seen the card. */
  plugIn(file: string, ...options: string[]): Promise<PluggedToken> {
    return this.#plugIn('pull it out with', 'pcsc', file, ...options);
  }

  /** The same with the token on an emulated board, which runs a firmware image. */
  plugInBoard(file: string, board: string, image: string): Promise<PluggedToken> {
    const options = ['--image', image, '--headless', '--pcsc'];
    return this.#plugIn('in the reader', 'run', file, '--board', board, ...options);
  }

  /** @param sign  what the command prints once the card is in */
  async #plugIn(sign: string, ...command: string[]): Promise<PluggedToken> {
    const argv = [process.execPath, this.#cli, ...command];
    const service = new Service(this.#enter(argv), this.#environment);
    this.#services.push(service);
    const isIn = () => service.printed.includes(sign) || service.hasEnded;
    await until(isIn, () => `not in the reader: ${service.printed}`);
    if (service.hasEnded) throw new Error(service.printed);
    await this.#seeCard();
    this.#token = {
      printed: () => service.printed,
      type: (line) => service.child.stdin!.write(`${line}\n`),
      stop: (signal) => service.stop(signal),
    };
    return this.#token;
  }

  /** The token that was plugged in last. */
  get token(): PluggedToken {
    return this.#token!;
  }

  /** Runs a program to its end. @param input its standard input */
  run(program: readonly string[], input = ''): Promise<Outcome> {
    const [command, ...args] = this.#enter(program);
    return new Promise((resolve) => {
      const options = { env: this.#environment, timeout: PATIENCE_MILLISECONDS };
      const child = execFile(command, args, options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ stdout, stderr, exitCode });
      });
      child.stdin!.on('error', () => {});
      child.stdin!.end(input);
    });
  }

  /** Runs a program that must succeed. @returns what it printed */
  async demand(...program: readonly string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await this.run(program);
    if (exitCode === 0) return stdout;
    throw new Error(`${program[0]} has ended with ${exitCode}\n${stdout}\n${stderr}\n${this.logs}`);
  }

  oathfob(...argv: string[]): Promise<string> {
    return this.demand(process.execPath, this.#cli, ...argv);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string): string {
    writeFileSync(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  /** What daemon and tokens printed. */
  get logs(): string {
    return [this.#daemon, ...this.#services].map((service) => service?.printed).join('\n');
  }

  /** Ends what is running, and takes everything away. */
  async close(): Promise<void> {
    for (const service of this.#services) await service.stop('SIGTERM');
    await this.#daemon?.stop('SIGTERM');
    if (this.#hasTurn) releaseLock(TURN);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The daemon looks for cards every 0.4 seconds; what waits for its events misses some. */
  async #seeCard(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    while ((await this.run(['opensc-tool', '-r', '0', '--atr'])).exitCode !== 0) {
      if (Date.now() > deadline) throw new Error(`no card in the reader: ${this.logs}`);
      await pause(POLL_MILLISECONDS);
    }
  }

  #enter(program: readonly string[]): [string, ...string[]] {
    return enter(this.#daemon!.child.pid!, this.folder, program);
  }
}

/** From 2.0 on pcscd asks polkit, which is not there; before, it does not know the option. */
function needsNoPolkit(): boolean {
  return spawnSync('pcscd', ['--help'], { encoding: 'utf8' }).stdout?.includes('disable-polkit');
}

/** Waits for something that another process does. */
export async function until(
  condition: () => boolean,
  complaint: () => string,
  patienceMilliseconds = PATIENCE_MILLISECONDS,
): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(complaint());
    await pause(POLL_MILLISECONDS);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
