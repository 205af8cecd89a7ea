/** Explanations in words. */
import type { Cause } from './causes.ts';
import type { CodeSource } from './source.ts';
import type { Finding } from './suspicions.ts';

type Say = (finding: Words) => string;

interface Words {
  /** `4 steps`, without a sign. */
  readonly steps: string;
  /** `2 min`, without a sign. */
  readonly time: string;
  readonly isPast: boolean;
  readonly counters: number;
  readonly value: string;
  readonly type: string;
}

const SENTENCES: Readonly<Record<Cause, Say>> = {
  right: () => 'this code is right: a server that keeps this time takes it',
  used: () => 'this code, or a later one, was used before; wait for the next one',
  oldStep: ({ steps, time }) =>
    `this is the code of ${steps} ago: it was typed too late, or the token is ${time} slow`,
  futureStep: ({ steps, time }) =>
    `this is the code that comes in ${steps}: the token is ${time} fast, or the server is slow`,
  slowClock: ({ time }) => `the clock of the token is ${time} slow`,
  fastClock: ({ time }) => `the clock of the token is ${time} fast`,
  timeZone: ({ time, isPast }) =>
    `the clock is ${time} ${isPast ? 'slow' : 'fast'}, which is a time zone: it has to be set to UTC`,
  clockNotSet: () => 'the clock of the token was never set, or its battery was out',
  wrongHash: ({ value }) => `this is the code with ${value}: token and record differ in the hash`,
  wrongDigits: ({ value }) =>
    `this is the code with ${value} digits: token and record differ in their number`,
  wrongPeriod: ({ value }) =>
    `this is the code with steps of ${value} s: token and record differ in the period`,
  wrongType: ({ value }) => `this is a code by ${value}: token and record differ in the type`,
  hexReadAsBase32: () => 'the seed is hexadecimal, and was read as Base32',
  base32ReadAsHex: () => 'the seed is Base32, and was read as hexadecimal',
  seedReadAsText: () => 'the text of the seed was taken for the key, without decoding it',
  otherToken: ({ value }) => `this is the code of another token${value && `, ${value}`}`,
  counterBehind: ({ counters }) =>
    `this code is ${counters} presses old: the server has gone on, or an old image was put back`,
  counterAhead: ({ counters }) =>
    `the token is ${counters} presses ahead: two codes in a row bring the server after it`,
  lostLeadingZero: () => 'the code begins with a zero, which was lost',
  mistyped: () => 'one digit is wrong, or two are in each other’s place',
  notDigits: () => 'a code is digits and nothing else',
  unknown: () => 'I cannot tell: no mistake that I know makes this code',
};

/** @param source  tells how long a step is, and whether there are steps at all */
export function explanationText(
  finding: Finding,
  { periodSeconds, type }: Pick<CodeSource, 'periodSeconds' | 'type'>,
): string {
  const { cause, stepsOff = 0, value = '' } = finding;
  const count = Math.abs(stepsOff);
  return SENTENCES[cause]({
    steps: count === 1 ? 'one step' : `${count} steps`,
    time: durationText(count * periodSeconds),
    isPast: stepsOff < 0,
    counters: count,
    value,
    type,
  });
}

/** `90 s`, `12 min`, `5 h`, `3 h 30 min`, `14 d`: about, as a step is. */
export function durationText(seconds: number): string {
  if (seconds < 180) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 72) return `${Math.round(hours / 24)} d`;
  const rest = minutes % 60;
  return `${hours} h${rest === 0 ? '' : ` ${rest} min`}`;
}
