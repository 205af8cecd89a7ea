/** Vectors of refusals: test/vectors/refusals.json says how a token can be held to them. */
import { readFileSync } from 'node:fs';

export interface Refusal {
  readonly area: string;
  readonly state: string;
  readonly command: string;
  readonly status: string;
  readonly reason: string;
  readonly clause: string;
  /** What even a refusal ends. */
  readonly ends?: 'selection' | 'try' | 'challenge';
}

export const REFUSALS: {
  readonly timeSeconds: number;
  readonly states: Readonly<Record<string, readonly string[]>>;
  readonly vectors: readonly Refusal[];
} = JSON.parse(readFileSync(new URL('refusals.json', import.meta.url), 'utf8'));

/** What is asked afterwards, to see what rights are left and what is stored. */
export const QUESTIONS = [
  '00a10000',
  '00200080',
  '80100000',
  '80110000',
  '00030000',
  '00013000',
  '00820082',
];
