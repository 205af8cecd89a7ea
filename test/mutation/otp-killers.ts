/**
 * What a mutant of otp.wasm is held against. It has no state but its memory, so an event is the
 * answer of a call and all of memory behind it: the window, the prepared key, the tables, and
 * scratch, which has to be clean.
 */

import { RFC_KEY } from '../fixtures.ts';
import { FUEL } from '../wasm/fuel.ts';
import { EDGES } from './account-scripts.ts';
import type { Killer } from './killers.ts';
import { Difference, LOOPS_MAX, Witness } from './subject.ts';

type Functions = Record<string, (...args: number[]) => number>;

export class OtpSubject {
  readonly #functions: Functions;
  /** The part of linear memory that the module uses. */
  readonly memory: Uint8Array;
  readonly #fresh: Uint8Array;
  readonly #fuel: WebAssembly.Global;
  #witness = new Witness(null);

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    const { memory, __heap_base: end } = exports as unknown as {
      memory: WebAssembly.Memory;
      __heap_base: WebAssembly.Global;
    };
    this.#functions = exports as unknown as Functions;
    this.memory = new Uint8Array(memory.buffer, 0, end.value);
    this.#fresh = this.memory.slice();
    this.#fuel = exports[FUEL] as WebAssembly.Global;
  }

  begin(witness: Witness): void {
    this.#witness = witness;
    this.memory.set(this.#fresh);
  }

  call(name: string, ...args: number[]): number {
    this.#fuel.value = LOOPS_MAX;
    const answer = this.#functions[name]!(...args);
    this.#witness.note(answer);
    this.#witness.noteAll(this.memory);
    return answer;
  }

  /** Puts bytes into the window, and a pattern behind them. */
  fill(length: number, seed: number): void {
    const window = this.#functions.windowOffset!();
    for (let at = 0; at < 1088; at++) {
      this.memory[window + at] = at < length ? (at * 73 + seed * 57 + 11) & 0xff : 0xa5;
    }
  }

  /** Puts bytes into the window. */
  put(bytes: Uint8Array): void {
    this.memory.set(bytes, this.#functions.windowOffset!());
  }

  /** Runs the self-test with each byte of the tables damaged in turn. */
  damageTables(): void {
    const start = Buffer.from(this.memory).indexOf(Buffer.from('22ae28d7982f8a42', 'hex'));
    if (start < 0) throw new Difference('no table');
    for (let offset = 0; offset < 704; offset += 3) {
      this.memory[start + offset]! ^= 1 << (offset & 7);
      this.call('selfTest');
      this.memory[start + offset]! ^= 1 << (offset & 7);
    }
  }
}

const HASHES = [1, 2, 3];
const LENGTHS = [
  0, 1, 2, 3, 4, 5, 8, 20, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 200,
];

function codes(subject: OtpSubject): void {
  subject.call('selfTest');
  for (const hash of HASHES) {
    for (const length of [20, 64, 65, 129]) {
      subject.fill(length, hash);
      subject.call('prepareKey', hash, length);
      for (let counter = 0; counter < 40; counter++) subject.call('hotpCode', hash, 0, counter, 8);
      subject.call('hotpCode', hash, -1, -1, 6);
      subject.call('hotpCode', hash, 5, -7, 7);
      subject.call('totpCode', hash, 3, -12345, 59, 8);
      for (const seconds of [0, 29, 30, 59, 65535, 65536]) {
        for (const period of [0, 1, 30, 3600, 3601]) {
          subject.call('totpCode', hash, 0, seconds, period, 6);
        }
      }
      subject.call('wipeAll');
      subject.fill(length, hash);
      subject.call('hotpOfKey', hash, length, 1, 2, 8);
    }
  }
}

/** Codes where a reciprocal that is off by the least bit gives another one. */
function edges(subject: OtpSubject): void {
  subject.put(RFC_KEY);
  subject.call('prepareKey', 1, RFC_KEY.length);
  for (const [digits, counters] of Object.entries(EDGES)) {
    for (const counter of counters) subject.call('hotpCode', 1, 0, counter, Number(digits));
  }
  for (let counter = 0; counter < 300; counter++) {
    for (const digits of [6, 7, 8]) subject.call('hotpCode', 1, 0, counter, digits);
  }
}

function messages(subject: OtpSubject): void {
  for (const hash of HASHES) {
    for (const length of [...LENGTHS, 1023, 1024]) {
      subject.fill(length, length);
      subject.call('hashMessage', hash, length);
      subject.call('macMessage', hash, length);
      subject.fill(length, length + 1);
      subject.call('prepareKey', hash, length);
    }
  }
}

function refusals(subject: OtpSubject): void {
  for (const hash of [-1, 0, 1, 3, 4]) {
    for (const digits of [5, 6, 8, 9]) {
      subject.call('hotpCode', hash, 0, 1, digits);
      subject.call('totpCode', hash, 0, 59, 30, digits);
      subject.call('hotpOfKey', hash, 3, 0, 1, digits);
      subject.call('verifyCode', hash, digits, 0, 0, 9, 1, 1, 0);
    }
    for (const length of [1024, 1025, -1]) {
      for (const name of ['hashMessage', 'prepareKey', 'macMessage']) {
        subject.call(name, hash, length);
      }
    }
  }
}

/** Windows around every kind of centre, with the code at each place in them, fresh and not. */
function searches(subject: OtpSubject): void {
  const centres = [[0, 0], [0, 1], [0, 3], [0, -2], [1, 1], [-1, -1], [-1, -3]] as const; // biome-ignore format: pairs
  subject.fill(20, 1);
  for (const hash of HASHES) {
    subject.call('prepareKey', hash, 20);
    for (const [high, low] of centres) {
      for (let offset = -4; offset <= 4; offset++) {
        const step = (BigInt(high >>> 0) << 32n) + BigInt(low >>> 0) + BigInt(offset);
        const [stepHigh, stepLow] = [Number(BigInt.asIntN(32, step >> 32n)), Number(BigInt.asIntN(32, step))]; // biome-ignore format: halves
        const code = subject.call('hotpCode', hash, stepHigh, stepLow, 6);
        for (const [behind, ahead] of [
          [0, 0],
          [1, 3],
          [3, 1],
          [4, 4],
        ] as const) {
          // biome-ignore format: pairs
          for (const fresh of [-5, offset, offset + 1, 5]) {
            subject.call('verifyCode', hash, 6, code, high, low, behind, ahead, fresh);
          }
        }
      }
    }
    subject.call('verifyCode', hash, 6, 1_000_000, 0, 9, 65536, 0, 0);
    subject.call('verifyCode', hash, 6, 1_000_000, 0, 9, 0, 65536, 0);
  }
}

export function otpKillersFor(genuine: WebAssembly.Module): Killer<OtpSubject>[] {
  const runs: Record<string, (subject: OtpSubject) => void> = {
    codes,
    edges,
    messages,
    refusals,
    searches,
    'damaged tables': (subject) => subject.damageTables(),
  };
  const subject = new OtpSubject(genuine);
  return Object.entries(runs).map(([name, run]) => {
    const kept = new Witness(null);
    subject.begin(kept);
    run(subject);
    const events = kept.finish();
    return {
      name,
      run: (mutant) => {
        const witness = new Witness(events);
        mutant.begin(witness);
        run(mutant);
        witness.finish();
      },
    };
  });
}
