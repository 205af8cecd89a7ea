/**
 * A history of personalisation and use, with the power cut at every flash operation in turn and
 * several outcomes of the interrupted operation. What was reported as done must be there after
 * power-on; the step in progress has happened or not; no counter ever goes back.
 */
import { describe, expect, it } from 'vitest';
import {
  deleteCredential,
  putCredential,
  readInfo,
  selectManagement,
  setClock,
  Token,
  writeSerialNumber,
} from '../../host/index.ts';
import { PowerCut, type PowerCutPlan } from '../../sim/board/index.ts';
import { NOON, RFC_KEY, testBoard } from '../fixtures.ts';

/** What a user knows of a token, in its plainest form. */
interface Model {
  serial: string | null;
  clockSet: boolean;
  /** Name → the next counter, or null for TOTP. */
  accounts: Record<string, bigint | null>;
}

type Step = { run: (token: Token) => void; model: (before: Model) => Model };

const put = (name: string, type: 'hotp' | 'totp'): Step => ({
  run: (token) => {
    putCredential(token, { name, type, key: RFC_KEY });
  },
  model: (m) => ({ ...m, accounts: { ...m.accounts, [name]: type === 'hotp' ? 0n : null } }),
});

const remove = (name: string): Step => ({
  run: (token) => {
    const slot = readInfo(token).credentials.find((credential) => credential.name === name)!.slot;
    deleteCredential(token, slot);
  },
  model: (m) => {
    const { [name]: _, ...accounts } = m.accounts;
    return { ...m, accounts };
  },
});

/** Presses OK on the account that was put first, an HOTP one. */
const pressOk: Step = {
  run: (token) => {
    token.press('ok');
    if (token.code === null) throw new Error('no code on the display');
  },
  model: (m) => ({
    ...m,
    accounts: { ...m.accounts, 'first:hotp': m.accounts['first:hotp']! + 1n },
  }),
};

const HISTORY: readonly Step[] = [
  { run: (token) => writeSerialNumber(token, 'CUT-1'), model: (m) => ({ ...m, serial: 'CUT-1' }) },
  { run: (token) => setClock(token, NOON), model: (m) => ({ ...m, clockSet: true }) },
  put('first:hotp', 'hotp'),
  put('second:totp', 'totp'),
  ...Array<Step>(26).fill(pressOk),
  remove('second:totp'),
  put('third:hotp', 'hotp'),
  pressOk,
  remove('third:hotp'),
  pressOk,
];

const EMPTY: Model = { serial: null, clockSet: false, accounts: {} };

function observe(token: Token): Model {
  selectManagement(token);
  const info = readInfo(token);
  return {
    serial: info.serialNumber,
    clockSet: info.clockSetAtSeconds !== null,
    accounts: Object.fromEntries(info.credentials.map(({ name, counter }) => [name, counter])),
  };
}

/** Outcomes of an interrupted operation: which of the changing bits have changed. */
const OUTCOMES: Record<string, PowerCutPlan['outcome']> = {
  nothing: (before) => before,
  'odd bits': (before, after) => before ^ ((before ^ after) & 0xaaaaaaaa),
  'even bits': (before, after) => before ^ ((before ^ after) & 0x55555555),
  'first half of the words': (before, after, index) => (index % 256 < 128 ? after : before),
  'second half of the words': (before, after, index) => (index % 256 < 128 ? before : after),
  everything: (_, after) => after,
};

/** Runs the history until it ends or the power is cut; what was done, and what was being done. */
function run(image: Uint8Array | undefined, plan: PowerCutPlan | null) {
  const { board, flash } = testBoard(image);
  let before = EMPTY;
  let after = EMPTY;
  let cut = false;
  try {
    flash.cutPower(plan);
    const token = new Token(board);
    selectManagement(token);
    for (const step of HISTORY) {
      after = step.model(before);
      step.run(token);
      before = after;
    }
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    cut = true;
  }
  return { board, flash, before, after, cut };
}

describe('a history with a power cut at every flash operation', () => {
  const whole = run(undefined, null);

  it('is long enough to turn pages, and ends as its model says', () => {
    expect(whole.cut).toBe(false);
    expect(observe(new Token(whole.board))).toEqual(whole.before);
    expect(Math.max(...whole.flash.eraseCounts)).toBeGreaterThan(0);
  });

  it.each(Object.keys(OUTCOMES))('keeps its promises when %s took effect', (name) => {
    const outcome = OUTCOMES[name]!;
    for (let operation = 0; operation < whole.flash.operations; operation++) {
      const { board, before, after, cut } = run(undefined, { operation, outcome });
      expect(cut).toBe(true);
      const token = new Token(board);
      expect(token.fault, `operation ${operation}`).toBeNull();
      const seen = observe(token);
      expect([before, after], `operation ${operation}`).toContainEqual(seen);
      putCredential(token, { name: 'after', key: RFC_KEY });
      expect(observe(new Token(board)).accounts).toHaveProperty('after');
    }
  });

  it('keeps them when the power is cut again while it recovers', () => {
    for (let operation = 0; operation < whole.flash.operations; operation += 3) {
      const first = run(undefined, { operation, outcome: OUTCOMES['odd bits'] });
      for (let again = 0; ; again++) {
        const { board, flash } = testBoard(first.flash.image);
        flash.cutPower({ operation: again, outcome: OUTCOMES['even bits'] });
        try {
          new Token(board);
          break;
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error;
        }
        const token = new Token(board);
        expect(token.fault, `operations ${operation}, ${again}`).toBeNull();
        expect([first.before, first.after]).toContainEqual(observe(token));
      }
    }
  });
});
