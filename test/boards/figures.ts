/**
 * Prints what the firmware takes on each board, beside its budgets; exit 1 when one is exceeded.
 *   node test/run.js test/boards/figures.ts
 */
import { BOARDS } from '../../sim/firmware/boards.ts';
import { budgetsOf, tableOf } from './budgets.ts';
import { measure } from './measure.ts';

for (const type of Object.values(BOARDS)) {
  const measures = await measure(type);
  console.log(tableOf(measures).join('\n'));
  if (budgetsOf(measures).some(({ value, budget }) => value > budget)) process.exitCode = 1;
}
