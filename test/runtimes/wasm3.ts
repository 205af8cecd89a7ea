/** token.wasm under wasm3, as a program of this computer and as one of an emulated chip. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { firmwareBytes } from '../../host/core.ts';

const execute = promisify(execFile);
/** The interpreter's C sources, as a package carries them; compiled from there, never copied. */
export const WASM3 = join(process.cwd(), 'node_modules/react-native-webassembly/cpp');

/** Where it runs (host/mcu/life/Makefile): on this computer, and on an emulated Cortex-M3 with 8 MiB. */
export type Target = 'computer' | 'mps2-an385';

/** A body of the core on a board that is all in memory, driven over a line (host/mcu/life/life.h). */
export class Life {
  readonly folder: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(folder: string, [program, ...args]: readonly string[]) {
    this.folder = folder;
    this.#process = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Builds it and starts it.
   * @param extra  more for QEMU, that a test needs
   */
  static async begin(
    target: Target,
    extra: (program: string, folder: string) => Promise<readonly string[]> = async () => [],
  ): Promise<Life> {
    const folder = await mkdtemp(join(tmpdir(), 'oathfob-life-'));
    const wasm = join(folder, 'module.wasm');
    await writeFile(wasm, firmwareBytes());
    const variables = [`TARGET=${target}`, `OUT=${folder}`, `WASM=${wasm}`, `WASM3=${WASM3}`];
    const args = ['-j2', '-C', 'host/mcu/life', ...variables, `NODE=${process.execPath}`];
    await execute('make', args, { maxBuffer: 2 ** 26 });
    const program = join(folder, 'life');
    if (target === 'computer') return new Life(folder, [program]);
    const machine = ['-machine', target, '-nic', 'none', '-nodefaults', '-display', 'none'];
    const more = await extra(program, folder);
    return new Life(folder, [
      ...['qemu-system-arm', ...machine, '-serial', 'stdio', '-kernel', program],
      ...more,
    ]);
  }

  /** @throws Error when the program has ended, or does not understand */
  async ask(line: string): Promise<string> {
    this.#process.stdin.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${line}: the program has ended`);
    if (!/^([0-9a-f]*|pending)$/.test(value)) throw new Error(`${line}: ${value}`);
    return value;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true });
  }
}
