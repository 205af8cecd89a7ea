/** What may have happened, one after the other, the likely first, with the code it would make. */
import type { ExplainOptions } from '../explain.ts';
import type { Cause } from './causes.ts';
import type { CodeSource } from './source.ts';

export interface Finding {
  readonly cause: Cause;
  /** The time step, or the counter, that the code belongs to. */
  readonly step?: number | undefined;
  /** Steps from the one the server expected: negative is the past. */
  readonly stepsOff?: number | undefined;
  /** What something was taken for, or whose code it is. */
  readonly value?: string | undefined;
}

export interface Suspicion extends Finding {
  readonly expected: string | null;
  /** Codes that would all have been taken for this; default 1. */
  readonly covers?: number;
}

/** Within so many steps, somebody was slow or hasty; beyond, a clock is wrong. */
const NEAR_STEPS = 10;
/** Servers resynchronise up to a day (RFC 6238 §6 leaves it to them). */
const FAR_SECONDS = 86_400;
/** Zones of the earth: half hours, from one hour up to 14. */
const ZONE_SECONDS = 1_800;
const ZONES = 28;
/** Where clocks begin that were never set: 1970, 1980 and 2000, January the first. */
const CLOCK_STARTS = [0, 315_532_800, 946_684_800] as const;
/** How long such a token may have been on. */
const ON_SECONDS = 6 * 3_600;
const COUNTERS_BEHIND = 100;
const COUNTERS_AHEAD = 1_000;
const DEFAULT_WINDOW = 2;
const DEFAULT_LOOK_AHEAD = 10;

export function* suspicions(
  code: string,
  source: CodeSource,
  options: ExplainOptions,
): Generator<Suspicion> {
  if (!/^[0-9]+$/.test(code)) {
    yield { expected: code, cause: 'notDigits' };
    return;
  }
  if (code.length < source.digits) yield* lostZeros(code, source, options);
  if (code.length === source.digits) {
    if (source.type === 'hotp') yield* countersNear(source, options);
    else yield* stepsNear(source, options);
  }
  yield* mistakenOnes(code, source, options);
  yield* ofOthers(source, options);
  if (code.length !== source.digits) return;
  yield* mistyped(code, source, options);
  if (source.type === 'hotp') yield* countersFar(source, options);
  else yield* clocksFarOff(source, options);
}

// --- the right token ----------------------------------------------------------------------------

function expectedStep(source: CodeSource, options: ExplainOptions): number {
  if (source.type === 'hotp') return options.counter ?? 0;
  const { timeSeconds, driftSteps = 0 } = options;
  return Math.floor(timeSeconds / source.periodSeconds) + driftSteps;
}

/** The steps around the expected one, the nearest first. */
function* stepsNear(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  const centre = expectedStep(source, options);
  for (const stepsOff of outwards(0, NEAR_STEPS)) {
    const step = centre + stepsOff;
    const cause = causeOfStep(step, stepsOff, source, options);
    yield { expected: source.codeAt(step), cause, step, stepsOff };
  }
}

function causeOfStep(
  step: number,
  stepsOff: number,
  source: CodeSource,
  { window = DEFAULT_WINDOW, lastUsedStep, tokenTimeSeconds }: ExplainOptions,
): Cause {
  if (typeof lastUsedStep === 'number' && step <= lastUsedStep) return 'used';
  if (Math.abs(stepsOff) <= window) return 'right';
  const isPast = stepsOff < 0;
  if (typeof tokenTimeSeconds === 'number') {
    // It is what the token shows at this very moment: nobody was slow but its clock.
    const shown = Math.floor(tokenTimeSeconds / source.periodSeconds);
    if (Math.abs(shown - step) <= 1) return isPast ? 'slowClock' : 'fastClock';
  }
  return isPast ? 'oldStep' : 'futureStep';
}

function* countersNear(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  const { lookAhead = DEFAULT_LOOK_AHEAD } = options;
  const next = expectedStep(source, options);
  for (let ahead = 0; ahead <= lookAhead; ahead++) {
    const step = next + ahead;
    yield { expected: source.codeAt(step), cause: 'right', step, stepsOff: ahead };
  }
  for (let behind = 1; behind <= Math.min(COUNTERS_BEHIND, next); behind++) {
    const step = next - behind;
    const cause = step === next - 1 || step === options.lastUsedStep ? 'used' : 'counterBehind';
    yield { expected: source.codeAt(step), cause, step, stepsOff: -behind };
  }
}

function* countersFar(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  const { lookAhead = DEFAULT_LOOK_AHEAD } = options;
  const next = expectedStep(source, options);
  for (let ahead = lookAhead + 1; ahead <= COUNTERS_AHEAD; ahead++) {
    const step = next + ahead;
    yield { expected: source.codeAt(step), cause: 'counterAhead', step, stepsOff: ahead };
  }
}

/** A spreadsheet, or a server that keeps numbers, took the zeros in front off. */
function* lostZeros(
  code: string,
  source: CodeSource,
  options: ExplainOptions,
): Generator<Suspicion> {
  const whole = code.padStart(source.digits, '0');
  for (const { expected, step, stepsOff } of around(source, options)) {
    yield { expected: expected === whole ? code : null, cause: 'lostLeadingZero', step, stepsOff };
  }
}

/** One digit wrong, or two neighbours in each other's place, in a code that would be right. */
function* mistyped(
  code: string,
  source: CodeSource,
  options: ExplainOptions,
): Generator<Suspicion> {
  for (const { expected, step, stepsOff } of around(source, options)) {
    const isNear = expected !== null && isOneSlip(code, expected);
    const covers = 9 * code.length + code.length - 1;
    yield { expected: isNear ? code : null, cause: 'mistyped', step, stepsOff, covers };
  }
}

function isOneSlip(typed: string, meant: string): boolean {
  const wrong = [...typed].flatMap((digit, place) => (digit === meant[place] ? [] : [place]));
  if (wrong.length === 1) return true;
  const [first, second] = wrong as [number, number];
  const isSwap = typed[first] === meant[second] && typed[second] === meant[first];
  return wrong.length === 2 && second === first + 1 && isSwap;
}

/** The codes that the server would take, of a source that may be another one. */
function* around(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  const { window = DEFAULT_WINDOW, lookAhead = DEFAULT_LOOK_AHEAD } = options;
  const centre = expectedStep(source, options);
  const reach = source.type === 'hotp' ? lookAhead : window;
  for (const stepsOff of outwards(0, reach)) {
    const step = centre + stepsOff;
    yield { expected: source.codeAt(step), cause: 'right', step, stepsOff };
  }
}

// --- another clock ------------------------------------------------------------------------------

function* clocksFarOff(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  const { periodSeconds } = source;
  const centre = expectedStep(source, options);
  const at = (step: number, cause: Cause): Suspicion => {
    return { expected: source.codeAt(step), cause, step, stepsOff: step - centre };
  };
  for (let zone = 2; zone <= ZONES; zone++) {
    const steps = Math.round((zone * ZONE_SECONDS) / periodSeconds);
    for (const near of [0, -1, 1]) {
      yield at(centre - steps + near, 'timeZone');
      yield at(centre + steps + near, 'timeZone');
    }
  }
  for (const stepsOff of outwards(NEAR_STEPS + 1, Math.ceil(FAR_SECONDS / periodSeconds))) {
    yield at(centre + stepsOff, stepsOff < 0 ? 'slowClock' : 'fastClock');
  }
  for (const start of CLOCK_STARTS) {
    const first = Math.floor(start / periodSeconds);
    for (let step = first; step <= first + ON_SECONDS / periodSeconds; step++) {
      yield at(step, 'clockNotSet');
    }
  }
}

/** from, -from, from + 1, -(from + 1), … to; zero once. */
function* outwards(from: number, to: number): Generator<number> {
  for (let distance = from; distance <= to; distance++) {
    yield -distance || 0;
    if (distance !== 0) yield distance;
  }
}

// --- another setting, another token ---------------------------------------------------------------

function* mistakenOnes(
  code: string,
  source: CodeSource,
  options: ExplainOptions,
): Generator<Suspicion> {
  for (const { cause, value, source: mistaken } of source.mistaken?.() ?? []) {
    if (mistaken.digits !== code.length) continue;
    for (const { expected, step, stepsOff } of around(mistaken, options)) {
      yield { expected, cause, value, step, stepsOff };
    }
  }
}

function* ofOthers(source: CodeSource, options: ExplainOptions): Generator<Suspicion> {
  for (const other of options.others ?? []) {
    if (other === source) continue;
    for (const { expected, step, stepsOff } of around(other, options)) {
      yield { expected, cause: 'otherToken', value: other.name, step, stepsOff };
    }
  }
}
