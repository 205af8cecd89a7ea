/**
 * All single faults. Prints one JSON object on standard output; exit code 1 when a thief got
 * something.
 *
 *     node test/run.js test/fault/full.ts
 */
import { figure, printReport } from '../evidence/row.ts';
import { runCampaign, SCENE_NAMES } from './campaign.ts';

const { tried, crimes } = runCampaign(1);
printReport({
  schema: 'oathfob.evidence.faults/1',
  rows: [
    {
      claim: 'Single faults while a thief guesses',
      bar: 'every instruction of the module, skipped, its condition inverted, its result stuck; 0 accept a wrong PIN, PUK or answer to a challenge, 0 free tries',
      measured: `${figure(tried)} faults, each in ${SCENE_NAMES.length} scenes, ${crimes.length} give something`,
      holds: tried > 0 && crimes.length === 0,
      details: [
        `The scenes: ${SCENE_NAMES.join(', ')}. A guess is free when right and wrong are told apart and no try is spent, also on a token that is blocked.`,
        'Faults of the wasm instructions; they say nothing about pipelines and buses of a real chip, nor about two faults at once.',
        ...crimes,
      ],
    },
  ],
});
