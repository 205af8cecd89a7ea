/**
 * One way to drive otp.wasm, whatever runs it: commands are export names with i32 arguments,
 * answers are i32. Engines without access to memory move bytes through put32 and get32.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { main as asc } from 'assemblyscript/asc';
import wasmtime from 'wasmtime';
import { CallLine } from './calls.ts';

export type Command = [name: string, ...args: number[]];

export interface Engine {
  /** Runs commands in order on one instance. */
  run(commands: Command[]): Promise<number[]>;
  close(): Promise<void>;
}

const execute = promisify(execFile);
const CALLS = 'host/mcu/calls';
/** No more than a pipe holds, so that neither end waits for the other. */
const PIPE_BYTES = 65_536;

/** The module as it is shipped: built for speed, for any engine. */
export const SHIPPED = 'dist/otp.wasm';
/** Its twin for engines with 128-bit vectors. */
export const SHIPPED_VECTOR = 'dist/otp.simd.wasm';

/** The same functions as the token has them: built for size, from other branches of the source. */
export async function buildSmall(folder: string): Promise<string> {
  const file = join(folder, 'otp.small.wasm');
  const { error, stderr } = await asc(['assembly/otp.ts', '--target', 'token', '--outFile', file]);
  if (error) throw new Error(stderr.toString());
  return file;
}

export async function openV8(file: string): Promise<Engine> {
  const { instance } = await WebAssembly.instantiate(readFileSync(file));
  const functions = instance.exports as Record<string, (...args: number[]) => number>;
  return {
    run: async (commands) => commands.map(([name, ...args]) => functions[name]!(...args)),
    close: async () => {},
  };
}

export async function openWasmtime(file: string): Promise<Engine> {
  // A file that is missing or no module does not throw in this package: it ends the process.
  new WebAssembly.Module(readFileSync(file));
  const engine = wasmtime.Engine.default();
  const module = wasmtime.Module.fromFile(engine, file);
  const store = new wasmtime.Store(engine);
  const instance = new wasmtime.Instance(store, module);
  return {
    run: async (commands) =>
      commands.map(([name, ...args]) => {
        const found = instance.getFunc(store, name);
        if (found === null) throw new Error(`otp.wasm has no export ${name}`);
        return found.call(
          store,
          args.map((value) => value | 0),
        );
      }),
    close: async () => {},
  };
}

/** Translated to C by wasm2c, compiled natively, and driven over stdin and stdout. */
export async function openNative(file: string): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-native-'));
  const program = join(folder, 'otp');
  const runtime = '/usr/share/wabt/wasm2c';
  try {
    await execute('wasm2c', [file, '-n', 'otp', '-o', `${program}.c`]);
    await execute('gcc', [
      ...['-O1', '-I', folder, '-I', runtime, '-I', CALLS, '-o', program],
      ...['test/engines/driver.c', join(CALLS, 'calls.c'), `${program}.c`],
      ...[join(runtime, 'wasm-rt-impl.c'), '-lm'],
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('the native engine needs: apt-get install wabt gcc libc6-dev');
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = new CallLine(child.stdout, child.stdin, PIPE_BYTES);
  return {
    run: (commands) => line.run(commands),
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
      await rm(folder, { recursive: true });
    },
  };
}
