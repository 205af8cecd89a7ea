/**
 * What is traced: functions of the shipped modules, each with public arguments that stay the same
 * and secret ones that never do.
 */
import { HASHES, hashNumber } from '../engines/reference.ts';
import { mix } from '../power/bench.ts';
import { openTraced, type Traced } from './trace.ts';

/** A way to run something with the secret of a number; the trace is taken by who calls it. */
export interface Subject {
  readonly title: string;
  readonly traced: Traced;
  readonly run: (number: number) => void;
}

/** Numbers below this are extremes, the same byte over and over; those above are drawn by lot. */
const EXTREMES = [0x00, 0xff, 0x36, 0x5c, 0x80, 0x30, 0x39];

export interface Measured {
  readonly title: string;
  readonly secrets: number;
  /** Different traces: one, or the secret shows. */
  readonly traces: number;
  /** Events in all of them. */
  readonly events: bigint;
}

/** Runs a subject with as many secrets and compares their traces. */
export function measure({ title, traced, run }: Subject, secrets: number): Measured {
  const traces = new Set<string>();
  traced.take();
  const before = traced.events;
  for (let number = 0; number < secrets; number++) {
    run(number);
    traces.add(traced.take());
  }
  return { title, secrets, traces: traces.size, events: traced.events - before };
}

/** Fills memory with the secret of a number; `kind` parts several secrets of one run. */
export function fillSecret(target: Uint8Array, number: number, kind = 0): void {
  const extreme = EXTREMES[number];
  if (extreme !== undefined) {
    target.fill(extreme);
    return;
  }
  const seed = mix(number, kind);
  for (let at = 0; at < target.length; at += 4) {
    const word = mix(seed, at);
    for (let byte = 0; byte < 4 && at + byte < target.length; byte++) {
      target[at + byte] = word >>> (8 * byte);
    }
  }
}

/** HMAC, truncation and code in otp.wasm and its twins, through the exports. */
export async function otpSubjects(name: string, wasm: Uint8Array): Promise<Subject[]> {
  const traced = await openTraced(wasm);
  const { memory, windowOffset, hotpOfKey, prepareKey, macMessage, totpCode } = traced.exports;
  const { hotpCode, verifyCode } = traced.exports;
  const window = new Uint8Array(memory.buffer, windowOffset!(), 1024);
  const subjects = HASHES.map((hash): Subject => {
    const algorithm = hashNumber(hash);
    const run = (number: number) => {
      fillSecret(window.subarray(0, 20), number);
      hotpOfKey!(algorithm, 20, 0, 5, 6);
      fillSecret(window.subarray(0, 150), number, 1);
      prepareKey!(algorithm, 150);
      totpCode!(algorithm, 0, 1_795_262_400, 30, 8);
      fillSecret(window.subarray(0, 100), number, 2);
      macMessage!(algorithm, 100);
    };
    return { title: `HMAC-${hash}, truncation and code in ${name}`, traced, run };
  });
  // The code of a step in the window, two of which are used up, or in front of it, or behind.
  const search = (number: number) => {
    fillSecret(window.subarray(0, 20), number);
    prepareKey!(1, 20);
    const code = hotpCode!(1, 0, 96 + (number % 9), 6);
    verifyCode!(1, 6, code, 0, 100, 3, 3, -1);
  };
  return [...subjects, { title: `search for a code in ${name}`, traced, run: search }];
}
