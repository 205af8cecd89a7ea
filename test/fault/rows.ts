/** What a campaign of single faults has to say: a row for each thing that a thief is after. */

import tokenWasm from '#token.wasm';
import { figure, type Row } from '../evidence/row.ts';
import { type Campaign, FIELD_NAMES, FIELDS, type FieldName } from './campaign.ts';
import { faultsOf } from './faults.ts';
import { mortal, ready } from './firmware.ts';

/** Who is there, and what none of the faults may do. */
const CLAIMS: Readonly<Record<FieldName, { claim: string; bar: string }>> = {
  'PIN and PUK': {
    claim: 'a thief guesses at PIN and PUK',
    bar: '0 accept a wrong one, forgive it, take a guess for nothing, or give a code',
  },
  'admin key': {
    claim: 'a thief answers challenges of the card',
    bar: '0 accept a wrong answer, forgive it, take one for nothing, or take his key',
  },
  counters: {
    claim: 'counters are used',
    bar: '0 give a code twice, or one whose counter has not moved on',
  },
  'access code': {
    claim: 'a thief is at the OATH applet without its access code',
    bar: '0 give a code, a name, a key or another access code',
  },
  touch: {
    claim: 'a thief is at the OATH and OTP applets and does not press OK',
    bar: '0 give a code or the response to a challenge that needs OK',
  },
};

const FAULTS = 'every fault of every instruction';

const LIMITS = [
  'The faults: a branch, call, return, store or setting of a variable is skipped, a condition inverted, a jump table stuck at each of its targets; what is loaded, calculated, converted, compared or returned is stuck at zero, at one or at all ones. Constants and readings of local variables have none of their own.',
  'The module under fault has 1 iteration of PBKDF2 where the shipped one has 1,000, and counts its loops; it is the shipped one in everything else. The fault is there from power-on to the end of a scene.',
  'A fault is played in the scenes that come to its instruction; in the others the firmware does what it does without.',
  'A guess is for nothing when right and wrong are told apart and no try is spent, also on a token that is blocked. The token is looked at afterwards by the shipped firmware.',
  'Faults of wasm instructions; they say nothing about pipelines and buses of a real chip, nor about two faults at once.',
];

/** The faults of the shipped firmware, with the few that make no module. */
export function faultsInAll(): number {
  return mortal(tokenWasm).module.instructions.flatMap(faultsOf).length;
}

export function rowsOf(campaign: Campaign): Row[] {
  // A campaign does not say what it left out; one that tried every other fault, or fewer, has at most half.
  const triedAll = 2 * campaign.tried > faultsInAll() + 1;
  return FIELD_NAMES.map((field, index) => {
    const { claim, bar } = CLAIMS[field];
    const { tried, reached, played } = campaign;
    const crimes = campaign.crimes.filter((crime) => crime.field === field);
    const names = FIELDS[field](ready(tokenWasm)).map(({ name }) => name);
    const all = `${figure(tried)} faults, of which the scenes come to ${figure(reached)}: ${figure(played)} scenes played.`;
    return {
      claim: `Single faults while ${claim}`,
      bar: `${FAULTS}; ${bar}`,
      measured: `${figure(tried)} faults, ${names.length} scenes, ${crimes.length} give something`,
      holds: triedAll && reached > 0 && crimes.length === 0,
      details: [
        ...(index === 0 ? [all, ...LIMITS] : []),
        `Scenes of ${field}: ${names.join('; ')}.`,
        ...crimes.map(({ what }) => what),
      ],
    };
  });
}
