import { beforeAll, describe, expect, test } from 'vitest';
import { putCredential, selectManagement, setClock, Token } from '../../host/index.ts';
import type { HashName } from '../../host/otp.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { BOARDS, type BoardType } from '../../sim/firmware/boards.ts';
import { type Built, build } from '../build.ts';
import { HASHES } from '../engines/reference.ts';
import { hex, NOON, toHex } from '../fixtures.ts';
import { fillSecret } from '../secrecy/subjects.ts';
import { TOKEN_TWINS } from '../secrecy/twins.ts';
import { LM3S } from './bench.ts';
import { type Life, type Trace, WATCHED, type Watched, watch } from './traces.ts';

/** Tokens of different owners: keys, PIN, device key, master key and salts of each are its own. */
const OWNERS = 3;
const ACCOUNTS_PER_HASH = 4;
const PIN_DIGITS = 8;
/** Wrong PINs that agree with the right one in so many digits from the left. */
const AGREEING = [0, 3, 7];
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const SET_CLOCK = `8003000008${NOON.toString(16).padStart(16, '0')}`;
const SELECT_OATH = '00a4040007a0000005272101';
const STEP = (NOON / 30).toString(16).padStart(16, '0');
/** On a Cortex-M3 these take a time that depends on their operands. */
const UNEVEN = /^(?:[us](?:mull|mlal|div))/;

const ACCOUNTS = HASHES.flatMap((hash) =>
  Array.from({ length: ACCOUNTS_PER_HASH }, (_, index) => ({ hash, name: `${hash}:${index}` })),
);

const secret = (length: number, owner: number, index: number) => {
  const bytes = new Uint8Array(length);
  fillSecret(bytes, owner * 100 + index);
  return bytes;
};

/** Digits that no rule for PINs refuses. */
const pinOf = (owner: number) => String(27_182_818 + owner * 31_415_926).slice(0, PIN_DIGITS);

/** Another PIN that agrees in so many digits. */
function wrongPin(owner: number, agreeing: number): string {
  const digit = (Number(pinOf(owner)[agreeing]) + 1) % 10;
  return pinOf(owner).slice(0, agreeing) + digit + '3'.repeat(PIN_DIGITS - agreeing - 1);
}

const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex');

/** The flash of a token with accounts and a PIN. */
function imageOf(owner: number): Uint8Array {
  const flash = new VirtualFlash();
  const parts = { flash, clock: new DrivenClock(NOON), deviceKey: secret(32, owner, 0) };
  const token = new Token(new VirtualBoard({ ...parts, entropy: seededEntropy(owner + 1) }));
  selectManagement(token);
  setClock(token, NOON);
  for (const [index, account] of ACCOUNTS.entries()) {
    putCredential(token, { ...account, key: secret(32, owner, index + 1) });
  }
  const block = ascii(pinOf(owner)).padEnd(32, 'f');
  // The first PIN, then that it is asked for once.
  for (const header of ['0024018010', '8004010010']) {
    expect(toHex(token.exchange(hex(header + block)))).toBe('9000');
  }
  return flash.image;
}

interface Asked {
  readonly kind: 'beginning' | 'wrong PIN' | 'right PIN' | `code of ${HashName}`;
  readonly command: string;
  readonly status: RegExp;
}

function questionsFor(owner: number): Asked[] {
  const verify = (pin: string) => `0020008008${ascii(pin)}`;
  const beginning = [SELECT_MANAGEMENT, verify(pinOf(owner)), SET_CLOCK, SELECT_OATH];
  return [
    // A board that has no clock shows no code before it was told the time.
    ...beginning.map((command): Asked => ({ kind: 'beginning', command, status: /9000$/ })),
    ...AGREEING.flatMap((agreeing): Asked[] => [
      { kind: 'wrong PIN', command: verify(wrongPin(owner, agreeing)), status: /^63c7$/ },
      { kind: 'right PIN', command: verify(pinOf(owner)), status: /^9000$/ },
    ]),
    ...ACCOUNTS.map(({ hash, name }): Asked => {
      const fields = `71${name.length.toString(16).padStart(2, '0')}${ascii(name)}7408${STEP}`;
      const length = (fields.length / 2).toString(16).padStart(2, '0');
      return { kind: `code of ${hash}`, command: `00a20001${length}${fields}`, status: /9000$/ };
    }),
  ];
}

interface Observed {
  readonly kind: Asked['kind'];
  readonly traces: readonly Trace[];
}

interface Observations {
  readonly asked: readonly Observed[];
  readonly seen: Life['seen'];
}

/** The same questions to the tokens of all owners, all traces together. */
async function observe(type: BoardType, built: Built, owners: number): Promise<Observations> {
  const asked: Observed[] = [];
  let seen!: Life['seen'];
  for (let owner = 0; owner < owners; owner++) {
    const questions = questionsFor(owner);
    const life = await watch(type, built, {
      image: imageOf(owner),
      deviceKey: secret(32, owner, 0),
      commands: questions.map(({ command, status }) => [command, status]),
    });
    asked.push(...questions.map(({ kind }, at) => ({ kind, traces: life.commands[at]! })));
    seen = life.seen;
  }
  return { asked, seen };
}

/** All traces of a function in the commands of a kind: one line a command, each line once. */
function linesOf({ asked }: Observations, kind: Asked['kind'], only?: Watched): string[] {
  const lines = asked
    .filter((one) => one.kind === kind)
    .map(({ traces }) =>
      traces
        .filter(({ name }) => only === undefined || name === only)
        .map(({ name, events, digest }) => `${name} ${events} ${digest}`)
        .join('\n'),
    );
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).not.toBe('');
  return [...new Set(lines)];
}

const unevenIn = (seen: Life['seen'], name: Watched) =>
  seen[name].filter(({ mnemonic }) => UNEVEN.test(mnemonic));

describe.each(Object.values(BOARDS))('the image for $name', (type) => {
  let observed: Observations;
  beforeAll(async () => {
    observed = await observe(type, await build('assembly/index.ts', 'token'), OWNERS);
  }, 180_000);

  test.each(HASHES)('goes one way from key to code, whatever the key: %s', (hash) => {
    expect(linesOf(observed, `code of ${hash}`)).toHaveLength(1);
    expect(linesOf(observed, `code of ${hash}`, 'hmac')).toHaveLength(1);
    expect(linesOf(observed, `code of ${hash}`, 'truncate')).toHaveLength(1);
  });

  test.each(['wrong PIN', 'right PIN'] as const)('checks every %s in one way', (kind) => {
    expect(linesOf(observed, kind)).toHaveLength(1);
  });

  test('checks a right PIN and a wrong one in one way, up to the verdict', () => {
    const [wrong] = linesOf(observed, 'wrong PIN');
    const [right] = linesOf(observed, 'right PIN');
    for (const name of ['stretch', 'hmac', 'compare', 'compareAgain', 'open']) {
      expect(wrong).toMatch(new RegExp(`^${name} `, 'm'));
    }
    // After the verdict the accounts are opened and the display is drawn.
    expect(right!.startsWith(`${wrong}\n`)).toBe(true);
    expect(right).not.toBe(wrong);
  });

  test.each(Object.keys(WATCHED) as Watched[])(
    'has no long multiplication and no division in: %s',
    (name) => {
      expect(observed.seen[name].length).toBeGreaterThan(10);
      expect(unevenIn(observed.seen, name)).toEqual([]);
    },
  );
});

/** What an author might have written without a thought, four times (test/secrecy/twins.ts). */
const LEAKS = [
  'a comparison that ends at the first difference',
  'a truncation that looks its bytes up',
  'a code by division',
  'a stretching that leaves out what changes nothing',
];

test('a leaky twin of the image is caught, each leak where it is', async () => {
  const changes: Record<string, (source: string) => string> = {};
  for (const twin of TOKEN_TWINS.filter(({ title }) => LEAKS.includes(title))) {
    for (const [path, change] of Object.entries(twin.changes)) {
      const before = changes[path] ?? ((source: string) => source);
      changes[path] = (source) => change(before(source));
    }
  }
  const leaky = await build('assembly/index.ts', 'token', changes);
  const observed = await observe(LM3S, leaky, 1);
  expect(linesOf(observed, 'wrong PIN', 'stretch').length).toBeGreaterThan(1);
  expect(linesOf(observed, 'wrong PIN', 'compare')).not.toEqual(
    linesOf(observed, 'right PIN', 'compare'),
  );
  expect(linesOf(observed, 'code of SHA256', 'truncate').length).toBeGreaterThan(1);
  // What is no leak in the twin is none: the check finds the fault, not the change.
  expect(linesOf(observed, 'code of SHA256', 'hmac')).toHaveLength(1);
  expect(unevenIn(observed.seen, 'code').map(({ mnemonic }) => mnemonic)).toContain('udiv');
}, 180_000);
