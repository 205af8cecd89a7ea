/**
 * Every mutant of the shipped modules. Prints one JSON object on standard output, talk on standard
 * error; exit code 1 when a score is below its bar or the list of survivors is wrong.
 *
 *     node test/run.js test/mutation/full.ts
 */
import { printReport } from '../evidence/row.ts';
import { measureMutation } from './score.ts';

const rows = await measureMutation((line) => console.error(line));
printReport({ schema: 'oathfob.evidence.mutation/1', rows });
