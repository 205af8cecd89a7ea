/**
 * A body for the firmware that powers it on some ten thousand times a second: one instance for all
 * of them, whose memory is put back to what instantiation left. That is as good as a new instance,
 * since the module has no other state (docs/abi.md, "The module").
 *
 * The flash is the one of sim/board/flash.ts in a form for speed: words, nothing copied to read
 * one. It refuses the same and cuts power the same; test/power/bench.test.ts holds them together.
 */
import { FLASH_BYTES, FLASH_PAGE_BYTES, FLASH_PAGES } from '../../host/board.ts';
import { type Core, type CoreExports, firmwareBytes } from '../../host/core.ts';
import { Token } from '../../host/token.ts';
import { FlashContractError, PowerCut } from '../../sim/board/index.ts';

export const FLASH_WORDS = FLASH_BYTES / 4;
export const PAGE_WORDS = FLASH_PAGE_BYTES / 4;
export const BLANK = -1;
/** What erased flash holds. */
export const ERASED: Int32Array = new Int32Array(FLASH_WORDS).fill(BLANK);

/** The key of every board in the laboratory. */
export const DEVICE_KEY = new Uint8Array(32).fill(0xd1);

/** A token on the bench has been on for ten minutes: no wrong PIN makes it wait that long. */
const UPTIME_MILLISECONDS = 600_000;

/** What a time-based code has under it, on the third line. */
const SECONDS_LEFT = /^.*\n.*\n\d+ s\n/;

/** Memory looked at behind what the firmware claims. */
const BEHIND_BYTES = 256;

/** Runs of bytes that are not zero. */
function runsOf(bytes: Uint8Array): [start: number, end: number][] {
  const runs: [number, number][] = [];
  for (const [at, byte] of bytes.entries()) {
    const last = runs.at(-1);
    if (byte === 0) continue;
    if (last?.[1] === at) last[1]++;
    else runs.push([at, at + 1]);
  }
  return runs;
}

/** All that outlives a power cut. */
export interface Remains {
  readonly words: Int32Array;
  /** Seconds since 1970; null for a clock that has lost its time. */
  readonly clock: number | null;
}

/** One write or erase, as it was asked for. */
export interface Operation {
  /** Index of the first word that it changes. */
  readonly at: number;
  /** The word to be programmed; null for an erase. */
  readonly word: number | null;
  /** The clock when it was asked for. */
  readonly clock: number | null;
  /** Codes that had been on the display by then. */
  readonly codesShown: number;
  /** The latest minute for which a time-based code had been on the display by then. */
  readonly codeMinute: number;
  /** How often the device key had been read by then, without which no secret can be compared. */
  readonly keyReads: number;
}

/** The words that an interrupted operation leaves, from its first one on. */
export type Outcome = (operation: Operation, before: Int32Array) => Int32Array;

/**
 * Bytes that depend on the flash, and how many there are to be, and nothing else: other ones each
 * time it has changed, and a salt that is no piece of the key drawn just before.
 */
export function drawEntropy(words: Int32Array, target: Uint8Array): void {
  const seed = words.reduce((state, word) => mix(state, word), target.length);
  for (let index = 0; index < target.length; index++) target[index] = mix(seed, index);
}

/** What a bench does to what the firmware calls and to what calls the firmware. */
export interface Adapter {
  imports(imports: BoardImports): BoardImports;
  core(core: Core): Core;
}

export type BoardImports = Record<string, (...args: number[]) => number>;

export class Bench {
  /** Linear memory, once there is one. */
  #memory = new DataView(new ArrayBuffer(0));
  #memoryWords = new Int32Array();
  readonly #core: Core;
  /** What instantiation left in the part of memory that the firmware uses. */
  readonly #fresh: Uint8Array;
  /** Where its constants are: the firmware has no variable with a start value. */
  readonly #constants: readonly (readonly [start: number, end: number])[];
  readonly words: Int32Array = ERASED.slice();
  /** What the firmware calls. */
  readonly flash = this.#flashImports();
  clock: number | null = null;
  /** Writes and erases since power-on, when they are to be kept. */
  journal: Operation[] | null = null;
  /** Whether codes on the display are noted; else only while there is a journal. */
  watchesCodes = false;
  /** Different codes seen on the display since power-on. */
  codes: string[] = [];
  /**
   * The latest minute since 1970 for which a time-based code was on the display, through power cuts;
   * whoever moves the clock with the owner's right takes it back.
   */
  codeMinute = 0;
  /** How often the firmware has read the device key. */
  keyReads = 0;
  /** Operations until power is cut; negative for never. */
  #cutAfter = -1;
  #cutOutcome: Outcome | null = null;
  #token: Token | null = null;

  constructor(module: WebAssembly.Module, adapter?: Adapter) {
    const own = { ...this.flash, ...this.#otherImports() };
    const board = adapter ? adapter.imports(own) : own;
    const { exports } = new WebAssembly.Instance(module, { board });
    const core = exports as unknown as CoreExports & {
      memory: WebAssembly.Memory;
      __heap_base: WebAssembly.Global;
    };
    this.#memory = new DataView(core.memory.buffer);
    this.#memoryWords = new Int32Array(core.memory.buffer, 0, core.__heap_base.value / 4);
    const plain = { exports: core, memory: new Uint8Array(core.memory.buffer) };
    this.#core = adapter ? adapter.core(plain) : plain;
    this.#fresh = plain.memory.slice(0, core.__heap_base.value);
    this.#constants = runsOf(this.#fresh);
  }

  /** Powers on over what remained; every write and erase since is kept when `journal` is given. */
  powerOn(remains: Remains, journal: Operation[] | null = null): Token {
    this.words.set(remains.words);
    this.clock = remains.clock;
    this.codeMinute = 0;
    return this.powerOnAgain(journal);
  }

  /** Powers on over the flash as it stands. */
  powerOnAgain(journal: Operation[] | null = null): Token {
    this.#core.memory.set(this.#fresh);
    this.journal = journal;
    this.codes = [];
    return this.boot();
  }

  /** Boots over memory as it stands: a reset that the power did not go with. */
  boot(): Token {
    this.#token = null;
    this.#token = new Token(this.#core);
    if (this.watchesCodes) this.#noteCode();
    return this.#token;
  }

  /** Whether nothing was written over a constant of the firmware, or behind the memory it claims. */
  get isMemoryOrderly(): boolean {
    const { memory } = this.#core;
    const behind = memory.subarray(this.#fresh.length, this.#fresh.length + BEHIND_BYTES);
    return (
      behind.every((byte) => byte === 0) &&
      this.#constants.every(([start, end]) => {
        return Buffer.compare(memory.subarray(start, end), this.#fresh.subarray(start, end)) === 0;
      })
    );
  }

  /** Cuts power at a coming operation, 0 for the next one; a PowerCut is thrown then. */
  cutPower(after: number, outcome: Outcome | null): void {
    this.#cutAfter = outcome === null ? -1 : after;
    this.#cutOutcome = outcome;
  }

  get remains(): Remains {
    return { words: this.words.slice(), clock: this.clock };
  }

  /**
   * A number for everything that the future depends on: flash, clock, and the memory of the
   * firmware. 53 bits: two of a million different states share one in 1 of 18,000 runs.
   */
  get stateKey(): number {
    let first = (this.clock ?? -1) | 0;
    let second = 0;
    for (const words of [this.words, this.#memoryWords]) {
      for (let index = 0; index < words.length; index++) {
        first = Math.imul(first ^ words[index]!, 0x01000193);
        first ^= first >>> 15;
        second = (Math.imul(second, 0x9e3779b1) + words[index]!) | 0;
        second ^= second >>> 13;
      }
    }
    return (first >>> 0) * 2 ** 21 + (second >>> 11);
  }

  #perform(at: number, word: number | null): void {
    const { clock, codeMinute, keyReads } = this;
    const codesShown = this.codes.length;
    const operation = { at, word, clock, codesShown, codeMinute, keyReads };
    this.journal?.push(operation);
    if (this.#cutAfter >= 0 && this.#cutAfter-- === 0) {
      this.words.set(this.#cutOutcome!(operation, this.words), at);
      throw new PowerCut('the power was cut during a flash operation');
    }
    if (word === null) this.words.fill(BLANK, at, at + PAGE_WORDS);
    else this.words[at] = word;
  }

  #flashImports() {
    return {
      flashRead: (address: number, target: number, length: number) => {
        const word = this.words[address >> 2];
        if (word === undefined || length !== 4 || (address & 3) !== 0) {
          throw new FlashContractError(
            `read of ${length} bytes at ${address} is not a word inside`,
          );
        }
        this.#memoryWords[target >> 2] = word;
        return 0;
      },
      flashWrite: (address: number, word: number) => {
        const before = this.words[address >> 2];
        if ((address & 3) !== 0 || before === undefined) {
          throw new FlashContractError(`write at ${address} is not a word of the flash`);
        }
        if (before !== BLANK) {
          throw new FlashContractError(`word at ${address} is programmed a second time`);
        }
        this.#perform(address >> 2, word);
        return 0;
      },
      flashErase: (page: number) => {
        if (page < 0 || page >= FLASH_PAGES) throw new FlashContractError(`no page ${page}`);
        this.#perform(page * PAGE_WORDS, null);
        return 0;
      },
    };
  }

  #otherImports() {
    const bytes = (target: number, length: number) =>
      new Uint8Array(this.#memory.buffer, target, length);
    return {
      clockRead: (target: number) => {
        if (this.clock === null) return 1;
        this.#memory.setBigUint64(target, BigInt(this.clock), true);
        return 0;
      },
      clockWrite: (high: number, low: number) => {
        this.clock = (high >>> 0) * 2 ** 32 + (low >>> 0);
        return 0;
      },
      uptime: () => UPTIME_MILLISECONDS,
      entropy: (target: number, length: number) => {
        drawEntropy(this.words, bytes(target, length));
        return 0;
      },
      deviceKey: (target: number) => {
        bytes(target, DEVICE_KEY.length).set(DEVICE_KEY);
        this.keyReads++;
        return 0;
      },
      present: () => {
        if (this.watchesCodes || this.journal !== null) this.#noteCode();
        return 0;
      },
    };
  }

  /** Keeps the code on the display, if there is one and it is another than before. */
  #noteCode(): void {
    const code = this.#token?.code ?? null;
    if (code === null) return;
    if (code !== this.codes.at(-1)) this.codes.push(code);
    if (this.clock !== null && SECONDS_LEFT.test(this.#token!.text)) {
      this.codeMinute = Math.max(this.codeMinute, Math.floor(this.clock / 60));
    }
  }
}

/** A mix of two numbers into 32 bits that look random; the same for the same numbers. */
export function mix(first: number, second: number): number {
  let state =
    Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(second + 0x7f4a7c15, 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97);
  return state ^ (state >>> 15);
}

/** A bench for the firmware of this package, or for another build of it. */
export function newBench(wasm: BufferSource = firmwareBytes()): Bench {
  return new Bench(new WebAssembly.Module(wasm));
}
