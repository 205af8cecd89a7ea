/**
 * Builds the firmware of a board with the tool chain for its chip. The same sources, module and tools give
 * the same bytes; so a build is kept in the user's cache, under a digest of all of them.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firmwareBytes } from '../../host/core.ts';
import { releaseLock, takeLock } from '../board/file-lock.ts';
import type { BoardType, BuildKind } from './boards.ts';
import { FirmwareError } from './errors.ts';

const BUILD_FOLDER = 'oathfob-build-';
const WAIT_MILLISECONDS = 100;
const TOOLS = [
  ['make', 'make'],
  ['wasm2c', 'wabt'],
  ['arm-none-eabi-gcc', 'gcc-arm-none-eabi libnewlib-arm-none-eabi'],
] as const;

export interface Built {
  /** Where all of these are. */
  readonly folder: string;
  readonly elf: string;
  readonly hex: string;
  readonly bin: string;
  /** The call graph, with the stack that each function takes (gcc -fcallgraph-info=su). */
  readonly callGraph: string;
}

export interface BuildOptions {
  readonly wasm?: Uint8Array;
  readonly variables?: readonly string[];
  readonly isFresh?: boolean;
}

/** What a build is made from, beside sources and tools. */
interface Order {
  readonly board: BoardType;
  readonly kind: BuildKind;
  readonly wasm: Uint8Array;
  readonly variables: readonly string[];
}

/** The programs that a build needs and that are not there, each with its Debian packages. */
export async function missingTools(): Promise<[program: string, packages: string][]> {
  const missing: [string, string][] = [];
  for (const [program, packages] of TOOLS) {
    if ((await versionOf(program)) === null) missing.push([program, packages]);
  }
  return missing;
}

/**
 * Builds, or finds what was built before.
 * @param wasm  the module; default: the one that this package carries
 * @param variables  more for make, "NAME=value" each (host/mcu/Makefile); what they name has to stay as it is
 * @param isFresh  builds anew whatever is in the cache, into a folder that the caller removes
 * @throws FirmwareError TOOL_MISSING, BUILD_FAILED, IMAGE_TOO_LARGE
 */
export async function buildFirmware(
  board: BoardType,
  kind: BuildKind,
  { wasm = firmwareBytes(), variables = [], isFresh = false }: BuildOptions = {},
): Promise<Built> {
  const [missing] = await missingTools();
  if (missing) {
    throw new FirmwareError(
      'TOOL_MISSING',
      `${missing[0]} is not installed`,
      `apt-get install -y ${missing[1]}`,
    );
  }
  const sources = sourceFolder();
  const order: Order = { board, kind, wasm, variables };
  if (isFresh) return buildIn(mkdtempSync(join(tmpdir(), BUILD_FOLDER)), sources, order);
  const kept = join(cacheFolder(), await digestOf(sources, order));
  const lock = `${kept}.lock`;
  while (!existsSync(kept)) {
    // Several that want the same build at once: one makes it, the others wait for it.
    if (takeLock(lock) !== null) {
      await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
      continue;
    }
    try {
      const folder = mkdtempSync(join(tmpdir(), BUILD_FOLDER));
      keep((await buildIn(folder, sources, order)).folder, kept);
    } finally {
      releaseLock(lock);
    }
  }
  return filesIn(kept);
}

/** Builds in a folder, which is gone if that fails. */
async function buildIn(folder: string, sources: string, order: Order): Promise<Built> {
  try {
    await make(sources, folder, order);
    demandFit(order.board, folder);
    return filesIn(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** host/mcu of this package, wherever the bundle that has this code lies in it. */
export function sourceFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'host/mcu/Makefile'))) {
    if (dirname(folder) === folder) {
      throw new FirmwareError(
        'BUILD_FAILED',
        'the sources of the firmware are not there',
        'they are in host/mcu of the package: install it again',
      );
    }
    folder = dirname(folder);
  }
  return join(folder, 'host/mcu');
}

function filesIn(folder: string): Built {
  const path = (name: string) => join(folder, name);
  return {
    folder,
    elf: path('firmware.elf'),
    hex: path('firmware.hex'),
    bin: path('firmware.bin'),
    callGraph: path('firmware.ci'),
  };
}

function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'oathfob');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Puts a finished build where it is looked for, in one step. */
function keep(folder: string, kept: string): void {
  const beside = `${kept}.${process.pid}`;
  // The cache may be on another disk than temporary files.
  mkdirSync(beside, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.startsWith('firmware.')) {
      writeFileSync(join(beside, name), readFileSync(join(folder, name)));
    }
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, kept);
}

async function digestOf(sources: string, { board, kind, wasm, variables }: Order): Promise<string> {
  const hash = createHash('sha256').update(`${board.name}\0${kind}\0`).update(wasm);
  hash.update(variables.join('\0'));
  for (const [program] of TOOLS) hash.update(`${await versionOf(program)}\0`);
  const names = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of names) hash.update(`${name}\0`).update(readFileSync(name));
  return `${board.name}-${kind}-${hash.digest('hex').slice(0, 32)}`;
}

/** The first line of what `program --version` says, or null when there is no such program. */
function versionOf(program: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], (error, stdout) => {
      resolve(error ? null : (stdout.split('\n')[0] ?? ''));
    });
  });
}

function make(sources: string, folder: string, order: Order): Promise<void> {
  const module = join(folder, 'module.wasm');
  writeFileSync(module, order.wasm);
  const variables = [
    ...[`BOARD=${order.board.name}`, `BUILD=${order.kind}`, `OUT=${folder}`, `WASM=${module}`],
    ...order.variables,
  ];
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 2 ** 26 };
    const args = ['-C', sources, ...variables, `NODE=${process.execPath}`];
    execFile('make', args, options, (error, _, stderr) => {
      if (!error) return resolve();
      const [reason = error.message] = stderr.split('\n').filter((line) => /error/i.test(line));
      reject(
        new FirmwareError('BUILD_FAILED', reason, `make -C ${sources} ${variables[0]} says more`),
      );
    });
  });
}

function demandFit(board: BoardType, folder: string): void {
  const bytes = readFileSync(filesIn(folder).bin).length;
  if (bytes <= board.imageBytes) return;
  throw new FirmwareError(
    'IMAGE_TOO_LARGE',
    `the image has ${bytes} bytes, ${board.name} has room for ${board.imageBytes}`,
    'this is a fault of the build: please report it',
  );
}
