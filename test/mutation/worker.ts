/** A thread that examines mutants: it is sent their numbers, and answers with their fates. */
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from '../wasm/code.ts';
import { Examiner, type Fate } from './examiner.ts';
import type { Mutant } from './mutants.ts';
import type { WorkerData } from './run.ts';

const { name, bytes, standing, mutants } = workerData as WorkerData;
const examiner = new Examiner({ name, module: parse(bytes), standing });

parentPort!.on('message', (numbers: readonly number[]) => {
  const fates = numbers.map((number): [number, Fate] => [
    number,
    examiner.examine(mutants[number] as Pick<Mutant, 'edit' | 'flip'>),
  ]);
  parentPort!.postMessage(fates);
});
parentPort!.postMessage([]);
