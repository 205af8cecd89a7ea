/** Makes the mutants of a shipped module and has them examined by two threads. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type Place, placesOf, SHIPPED, type ShippedName } from '../wasm/attribution.ts';
import { constantOf, type Edit, type Module, parse } from '../wasm/code.ts';
import { fuelEdits, withFuelGlobal } from '../wasm/fuel.ts';
import type { Fate, Prepared } from './examiner.ts';
import { codeMutants, type Mutant, tableMutants } from './mutants.ts';

/** Asked for at run time: a bundle of this file, which test/power/run.js makes, cannot hold it. */
const { build } = createRequire(join(process.cwd(), 'package.json'))(
  'esbuild',
) as typeof import('esbuild');

/** Fates, each file under a digest of all that they depend on. */
const KNOWN = 'node_modules/.cache/oathfob-mutants';
const THREADS = 2;
/** Mutants sent to a thread at a time. */
const BATCH = 20;
/** Iterations of PBKDF2 that a mutant does in place of 1000: more than one, so that they chain. */
const ITERATIONS = 3;

export interface WorkerData {
  readonly name: ShippedName;
  readonly bytes: Uint8Array;
  readonly standing: readonly Edit[];
  readonly mutants: readonly Pick<Mutant, 'edit' | 'flip'>[];
}

export interface Population {
  readonly prepared: Prepared;
  readonly mutants: readonly Mutant[];
}

/** The mutants of a shipped module. */
export async function populationOf(name: ShippedName): Promise<Population> {
  const shipped = readFileSync(SHIPPED[name].file);
  const places = await placesOf(name, parse(shipped));
  const { module, fuelIndex } = withFuelGlobal(shipped);
  const standing = [...fuelEdits(module, fuelIndex), ...fewIterations(module, places)];
  const mutants = [...codeMutants(module, places), ...tableMutants(module)];
  return { prepared: { name, module, standing }, mutants };
}

/** The constant of pin/vault.ts, in as many bytes. */
function fewIterations(module: Module, places: readonly (Place | null)[]): Edit[] {
  return module.instructions
    .filter((instruction, index) => {
      const isConstant = instruction.opcode === 0x41 && places[index]?.file === 'pin/vault.ts';
      return isConstant && constantOf(module, instruction) === 1000n;
    })
    .map((instruction) => ({ ...instruction, bytes: [0x41, 0x80 | ITERATIONS, 0x00] }));
}

/** A mutant and what became of it. */
export interface Examined {
  readonly mutant: Mutant;
  /** Null for one that survived. */
  readonly killer: string | null;
}

/**
 * Examines mutants in threads; those that are no valid modules are left out.
 * @param onProgress told how many are done
 */
export async function examineAll(
  { prepared, mutants }: Population,
  onProgress: (done: number) => void = () => {},
): Promise<Examined[]> {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-mutation-'));
  try {
    const file = join(folder, 'worker.mjs');
    await build({
      entryPoints: ['test/mutation/worker.ts'],
      outfile: file,
      bundle: true,
      platform: 'node',
      target: 'es2022',
      format: 'esm',
      loader: { '.wasm': 'binary' },
      logLevel: 'warning',
    });
    const fates = await fatesOf(file, { prepared, mutants }, onProgress);
    return mutants.flatMap((mutant, index) => {
      const fate = fates[index]!;
      return fate === 'invalid' ? [] : [{ mutant, killer: fate.killer }];
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * What becomes of each mutant. The same mutants before the same killers end the same way: their fates
 * are kept, so that the list of survivors can be put right without an hour of waiting.
 * @param file  the bundle of a thread, which has every killer in it
 */
async function fatesOf(
  file: string,
  { prepared: { name, module, standing }, mutants }: Population,
  onProgress: (done: number) => void,
): Promise<Fate[]> {
  const workerData: WorkerData = {
    name,
    bytes: module.bytes,
    standing,
    mutants: mutants.map(({ edit, flip }) => ({ edit, flip })),
  };
  const digest = createHash('sha256')
    .update(await readFile(file))
    .update(serialize(workerData));
  const known = join(KNOWN, `${name}-${digest.digest('hex')}.json`);
  const before = await readFile(known, 'utf8').catch(() => null);
  if (before !== null) return JSON.parse(before);
  const fates = await distribute(file, workerData, onProgress);
  await mkdir(KNOWN, { recursive: true });
  await writeFile(known, JSON.stringify(fates));
  return fates;
}

/** Hands out mutants in batches to whichever thread is free. */
async function distribute(
  file: string,
  workerData: WorkerData,
  onProgress: (done: number) => void,
): Promise<Fate[]> {
  const { mutants } = workerData;
  const fates: Fate[] = new Array(mutants.length);
  let next = 0;
  let done = 0;
  const thread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(file, { workerData });
      worker.on('error', reject);
      worker.on('message', (answers: [number, Fate][]) => {
        for (const [number, fate] of answers) fates[number] = fate;
        done += answers.length;
        onProgress(done);
        const batch = Array.from({ length: BATCH }, (_, index) => next + index);
        next += BATCH;
        const numbers = batch.filter((number) => number < mutants.length);
        if (numbers.length > 0) worker.postMessage(numbers);
        else worker.terminate().then(() => resolve(), reject);
      });
    });
  await Promise.all(Array.from({ length: THREADS }, thread));
  return fates;
}
