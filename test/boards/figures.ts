/** Prints what the firmware takes on each board: node test/run.js test/boards/figures.ts */
import { BOARDS } from '../../sim/firmware/boards.ts';
import { measure, tableOf } from './measure.ts';

for (const type of Object.values(BOARDS)) console.log(tableOf(await measure(type)).join('\n'));
