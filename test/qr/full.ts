/**
 * Every QR code there is, in all masks. Prints one JSON object on standard output; exit code 1 when
 * a module differs or a decoder fails.
 *
 *     node test/run.js test/qr/full.ts
 */
import { printReport } from '../evidence/row.ts';
import { agreementRow, damageRow, readingRow } from './evidence.ts';

printReport({
  schema: 'oathfob.evidence.qr/1',
  rows: [agreementRow(), readingRow(), damageRow()],
});
