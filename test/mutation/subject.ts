/**
 * A firmware under examination: everything that the world can see of it is an event, and events are
 * kept of the genuine one and compared with those of a mutant. Events are each write and erase of
 * flash, each setting of the clock, each draw of random bytes, and what every export answers: its
 * result, the answer in the buffer, text and frame of the display. Reads are not: how often flash is
 * looked at is nobody's business.
 */
import type { Core, CoreExports } from '../../host/core.ts';
import type { Token } from '../../host/token.ts';
import { Bench, type BoardImports, type Remains } from '../power/bench.ts';
import { FUEL } from '../wasm/fuel.ts';

/** A mutant did something else than the genuine firmware. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

/** Keeps events, or compares them with those that were kept. */
export class Witness {
  readonly #events: number[];
  readonly #compares: boolean;
  #next = 0;

  /** @param expected what to compare with; null to keep */
  constructor(expected: number[] | null) {
    this.#events = expected ?? [];
    this.#compares = expected !== null;
  }

  note(event: number): void {
    if (!this.#compares) this.#events.push(event | 0);
    else if (this.#events[this.#next++] !== (event | 0)) {
      throw new Difference(`event ${this.#next - 1}`);
    }
  }

  /** Takes a hash of bytes, or of words, for one event. */
  noteAll(values: Uint8Array | Int32Array): void {
    let hash = values.length;
    for (let index = 0; index < values.length; index++) {
      hash = Math.imul(hash ^ values[index]!, 0x01000193);
      hash ^= hash >>> 15;
    }
    this.note(hash);
  }

  /** The events; a comparison must have come to their end. */
  finish(): number[] {
    if (this.#compares && this.#next !== this.#events.length) throw new Difference('the end');
    return this.#events;
  }
}

type FallibleCall =
  | 'flashWrite'
  | 'flashErase'
  | 'clockRead'
  | 'clockWrite'
  | 'entropy'
  | 'deviceKey';

/** A call of the board that goes wrong. */
export interface Failure {
  readonly call: FallibleCall;
  /** Which of these calls from now on, 0 for the next one. */
  readonly at: number;
  /**
   * It says so; or says it is done, and nothing is; or says it is done, and something is missing; or
   * something is missing once it has been read back.
   */
  readonly how: 'refused' | 'lost' | 'partial' | 'fading';
}

/** Loops an export may go through: the longest, a deletion on a full token, needs a third of them. */
export const LOOPS_MAX = 3_000_000;

type Exports = CoreExports & { [FUEL]: WebAssembly.Global };

export class Subject {
  readonly bench: Bench;
  uptimeMilliseconds = 600_000;
  /** XORed to each byte of the device key, and of what is drawn at random. */
  secretPad = 0;
  /** Byte address of a word that the flash cannot read. */
  unreadable: number | null = null;
  /** Byte address of a word that loses a bit when it has been read. */
  #fading: number | null = null;
  /** Every word that was programmed since `begin`. */
  programmed: number[] = [];
  /** How often each call was made since `begin` or `fail`. */
  readonly calls = new Map<FallibleCall, number>();
  /** Is called after every export, with the whole memory. */
  onReturn: ((memory: Uint8Array) => void) | null = null;
  #witness = new Witness(null);
  #failure: Failure | null = null;
  #memory: Uint8Array = new Uint8Array();

  constructor(module: WebAssembly.Module) {
    this.bench = new Bench(module, {
      imports: (imports) => this.#noted(imports),
      core: (core) => this.#watched(core),
    });
  }

  /** Begins a new run: nothing that an earlier one has armed stays. */
  begin(witness: Witness): void {
    this.#witness = witness;
    this.fail(null);
    this.uptimeMilliseconds = 600_000;
    this.secretPad = 0;
    this.unreadable = null;
    this.onReturn = null;
    this.programmed = [];
    this.bench.cutPower(0, null);
  }

  /** All of linear memory. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  powerOn(remains: Remains): Token {
    return this.bench.powerOn(remains);
  }

  /** Lets a coming call of the board go wrong; null for none. */
  fail(failure: Failure | null): void {
    this.#failure = failure;
    this.#fading = null;
    this.calls.clear();
  }

  note(event: number): void {
    this.#witness.note(event);
  }

  #noted(own: BoardImports): BoardImports {
    const { flashRead, flashWrite, flashErase, clockRead, clockWrite, entropy, deviceKey } =
      own as Record<FallibleCall | 'flashRead', (...args: number[]) => number>;
    const witness = (...events: number[]) => {
      for (const event of events) this.#witness.note(event);
    };
    return {
      ...own,
      uptime: () => this.uptimeMilliseconds | 0,
      flashRead: (...args) => {
        if (args[0] === this.unreadable) return 1;
        const result = flashRead(...args);
        if (args[0] === this.#fading) this.#fade();
        return result;
      },
      flashWrite: (address, word) => {
        witness(1, address!, word!);
        this.programmed.push(word!);
        const partial = () => flashWrite(address!, word! | (1 << Math.clz32(~word!)));
        const fading = () => {
          this.#fading = address!;
          return flashWrite(address!, word!);
        };
        return this.#failed('flashWrite', partial, fading) ?? flashWrite(address!, word!);
      },
      flashErase: (page) => {
        witness(2, page!);
        const last = (page! + 1) * 256 - 1;
        const kept = this.bench.words[last]!;
        const partial = () => {
          flashErase(page!);
          this.bench.words[last] = kept & 0x7fffffff;
          return 0;
        };
        return this.#failed('flashErase', partial) ?? flashErase(page!);
      },
      clockRead: (...args) => this.#failed('clockRead', () => 1) ?? clockRead(...args),
      clockWrite: (high, low) => {
        witness(3, high!, low!);
        return this.#failed('clockWrite', () => 1) ?? clockWrite(high!, low!);
      },
      entropy: (target, length) => {
        witness(4, length!);
        const failed = this.#failed('entropy', () => 1);
        if (failed !== null) return failed;
        entropy(target!, length!);
        return this.#pad(target!, length!);
      },
      deviceKey: (target) => {
        const failed = this.#failed('deviceKey', () => 1);
        if (failed !== null) return failed;
        deviceKey(target!);
        return this.#pad(target!, 32);
      },
    };
  }

  /** The lowest bit that was programmed is erased again. */
  #fade(): void {
    const at = this.#fading! / 4;
    this.#fading = null;
    this.bench.words[at]! |= this.bench.words[at]! + 1;
  }

  #pad(target: number, length: number): number {
    for (let at = target; at < target + length; at++) this.#memory[at]! ^= this.secretPad;
    return 0;
  }

  /** What a call that is to fail returns; null for one that is not. */
  #failed(call: FallibleCall, partial: () => number, fading = partial): number | null {
    const count = this.calls.get(call) ?? 0;
    this.calls.set(call, count + 1);
    const failure = this.#failure;
    if (failure?.call !== call || failure.at !== count) return null;
    if (failure.how === 'partial') return partial();
    if (failure.how === 'fading') return fading();
    return failure.how === 'refused' ? 1 : 0;
  }

  #watched({ exports, memory }: Core): Core {
    const own = exports as Exports;
    this.#memory = memory;
    const text = () => memory.subarray(own.screenText(), own.screenText() + own.screenTextLength());
    const frame = () => new Int32Array(memory.buffer, own.frame(), 256);
    const run = (call: () => number) => {
      own[FUEL].value = LOOPS_MAX;
      const result = call();
      this.#witness.note(result);
      this.#witness.noteAll(text());
      this.#witness.noteAll(frame());
      this.onReturn?.(memory);
      return result;
    };
    const watched: CoreExports = {
      ...own,
      boot: () => run(() => own.boot()),
      tick: () => run(() => own.tick()),
      press: (key) => run(() => own.press(key)),
      exchange: (length) => {
        const answered = run(() => own.exchange(length));
        const buffer = own.buffer();
        this.#witness.noteAll(memory.subarray(buffer, buffer + answered));
        return answered;
      },
    };
    return { exports: watched, memory };
  }
}
