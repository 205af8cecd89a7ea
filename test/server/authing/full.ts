/**
 * The full run of the random sequences of QR logins. Prints one JSON object on standard output, talk
 * on standard error; exit code 1 when a sequence failed or there were too few.
 *
 *     node test/run.js test/server/authing/full.ts [SEQUENCES]
 */
import { printReport } from '../../evidence/row.ts';
import { LEAST_LIVES, liveBoth, rowsOf } from './lives.ts';

const [count = LEAST_LIVES] = process.argv.slice(2).map(Number);
if (!(Number.isSafeInteger(count) && count > 0)) {
  throw new RangeError('sequences: expected how many, 1 or more');
}
printReport({ schema: 'oathfob.evidence.logins/1', rows: rowsOf(await liveBoth(count)) });
