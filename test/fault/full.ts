/**
 * All single faults. Prints one JSON object on standard output, talk on standard error; exit code 1
 * when a thief got something.
 *
 *     node test/run.js test/fault/full.ts
 */
import { printReport } from '../evidence/row.ts';
import { runCampaign } from './campaign.ts';
import { rowsOf } from './rows.ts';

const campaign = runCampaign({ onProgress: (done) => console.error(`${done} faults`) });
printReport({ schema: 'oathfob.evidence.faults/1', rows: rowsOf(campaign) });
