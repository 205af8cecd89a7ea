/**
 * Everything about secrets: traces over 100,000 of each kind, leftovers, wipes left out. Prints one
 * JSON object on standard output; exit code 1 when a bar is missed. About ten minutes.
 *
 *     node test/run.js test/secrecy/full.ts
 */
import { printReport } from '../evidence/row.ts';
import { FULL, secrecyEvidence } from './evidence.ts';

printReport({ schema: 'oathfob.evidence.secrecy/1', rows: await secrecyEvidence(FULL) });
