/**
 * What is left in linear memory after a call: nothing secret, but where and as long as the memory
 * map says. Three questions, each of which sees what the others may miss:
 *
 *     zeros         buffers that are wiped hold zeros
 *     search        no secret that is known is anywhere, in any form
 *     differences   two tokens that differ in their secrets only have the same memory
 */
import type { Core } from '../../host/core.ts';
import { LOGIN_TEXT } from './derived.ts';
import type { Claim, MemoryMap } from './memory-map.ts';
import { Search, type Secret } from './secrets.ts';

/** Code as the display has it: two groups of digits on the second line. */
const CODE_LINE = /^.*\n(\d{3,4}) (\d{3,4})\n/;
/** A QR code, and the code in a live one of qr-life.ts. */
const QR_SCREEN = /^.*\nQR code\n(?:c=(\d+))?/;
/** Words of memory that the firmware is given; behind them nothing may be. */
const SWITCH_BYTES = 4;

/** Bytes in front of a piece of a word that have to be on flash with it: a byte alone is anywhere. */
const CONTEXT_BYTES = 8;

/** Everything that was ever on a flash. */
export class FlashHistory {
  readonly #words = new Set<number>();
  readonly #images: Buffer[] = [];

  add(image: Uint8Array): void {
    this.#images.unshift(Buffer.from(image));
    for (const word of new Int32Array(image.buffer)) this.#words.add(word);
  }

  hasWord(word: number): boolean {
    return this.#words.has(word);
  }

  hasPiece(bytes: Uint8Array): boolean {
    return this.#images.some((image) => image.includes(Buffer.from(bytes)));
  }
}

export type Pair<Item> = readonly [Item, Item];

export class Watch {
  readonly #map: MemoryMap;
  readonly #known = new Set<string>();
  readonly #search = new Search();
  /** What the module brings along: tables, of which a piece may look like one of a key. */
  readonly #fresh: Uint8Array;

  /** @param fresh memory as instantiation leaves it, as far as the firmware uses it */
  constructor(map: MemoryMap, fresh: Uint8Array) {
    this.#map = map;
    this.#fresh = fresh;
  }

  get #end(): number {
    return this.#fresh.length;
  }

  /** Looks for these too, from now on. */
  know(secrets: readonly Secret[]): void {
    for (const secret of secrets) {
      const id = `${secret.kind} ${Buffer.from(secret.bytes).toString('hex')}`;
      if (this.#known.has(id)) continue;
      this.#known.add(id);
      this.#search.add(secret);
    }
  }

  /** Secrets that are looked for. */
  get count(): number {
    return this.#known.size;
  }

  /** What is left that may not be there, each in a sentence; secrets by name. */
  leftovers(core: Core): string[] {
    const shown = shownSecrets(core);
    this.know(shown.filter(({ bytes }) => bytes.length > 0));
    const used = core.memory.subarray(0, this.#end);
    const homes = this.#homes(core);
    const found = this.#search
      .find(used)
      .filter(({ name, address, length }) => {
        if (this.#isFresh(used, address, length)) return false;
        const isOnDisplay = shown.some((secret) => name.startsWith(secret.name));
        return !homes.some(
          ({ buffer, length: room }) =>
            address >= buffer.address &&
            address + length <= buffer.address + room &&
            (buffer.stay?.kind !== 'display' || isOnDisplay),
        );
      })
      .map(({ name, address }) => `${name} in ${this.#placeOf(address)}`);
    return [...new Set([...found, ...this.#unwiped(core), ...this.#beyond(core)])];
  }

  #isFresh(memory: Uint8Array, address: number, length: number): boolean {
    const piece = this.#fresh.subarray(address, address + length);
    return piece.some(Boolean) && piece.every((byte, at) => memory[address + at] === byte);
  }

  /** Buffers that may hold a secret now, and how much of them. */
  #homes({ memory, exports }: Core): { buffer: Claim; length: number }[] {
    return this.#map.buffers.flatMap((buffer) => {
      const { stay, length } = buffer;
      if (stay?.kind === 'display') {
        const isText = buffer.address === exports.screenText();
        return [{ buffer, length: isText ? exports.screenTextLength() : length }];
      }
      if (stay?.kind !== 'while' || !isSo(stay, memory)) return [];
      const { lengthAddress } = stay;
      return [{ buffer, length: lengthAddress ? wordAt(memory, lengthAddress) : length }];
    });
  }

  /** Buffers that are wiped, but not wholly. What is on flash lies in some of them, sealed. */
  #unwiped(core: Core): string[] {
    const { memory, exports } = core;
    const homes = this.#homes(core);
    return this.#map.buffers
      .filter(({ stay, asOnFlash, address }) => {
        const isAnswer = address === exports.buffer();
        return stay !== null && stay.kind !== 'display' && !asOnFlash && !isAnswer;
      })
      .filter((buffer) => {
        const inUse = homes.find((home) => home.buffer === buffer)?.length ?? 0;
        const { address, length } = buffer;
        return memory.subarray(address + inUse, address + length).some(Boolean);
      })
      .map(({ name }) => `something in ${name}`);
  }

  #beyond({ memory }: Core): string[] {
    const beyond = memory.subarray(this.#end, memory.length - SWITCH_BYTES);
    return beyond.some(Boolean) ? ['something behind all buffers'] : [];
  }

  #placeOf(address: number): string {
    const buffer = this.#map.buffers.findLast((one) => one.address <= address);
    return buffer && address < buffer.address + buffer.length ? buffer.name : `${address}`;
  }

  /**
   * Where two tokens that differ in their secrets only differ in memory: outside of the homes of
   * secrets, and in other bytes than those that lie, or lay, on the flash of each.
   */
  differences(cores: Pair<Core>, flashes: Pair<FlashHistory>): string[] {
    const [one, other] = cores;
    const isShown = shownSecrets(one).length > 0;
    const homes = this.#homes(one).filter(({ buffer: { stay } }) => {
      return isShown || stay?.kind !== 'display';
    });
    const places = new Set<string>();
    for (let address = 0; address < this.#end; address++) {
      if (one.memory[address] === other.memory[address]) continue;
      const isAtHome = homes.some(
        ({ buffer, length }) => address >= buffer.address && address < buffer.address + length,
      );
      if (!isAtHome && !this.#isOnFlash(address, cores, flashes))
        places.add(this.#placeOf(address));
    }
    return [...places];
  }

  /** Whether the word around an address, or what a wipe has left of its front, is one of flash. */
  #isOnFlash(address: number, cores: Pair<Core>, flashes: Pair<FlashHistory>): boolean {
    const buffer = this.#map.buffers.findLast((one) => one.address <= address);
    if (!buffer?.asOnFlash || address >= buffer.address + buffer.length) return false;
    const from = Math.max(buffer.address, (address & ~3) - CONTEXT_BYTES);
    return cores.every(({ memory }, which) => {
      const word = new DataView(memory.buffer).getInt32(address & ~3, true);
      return (
        flashes[which]!.hasWord(word) ||
        flashes[which]!.hasPiece(memory.subarray(from, address + 1))
      );
    });
  }
}

function isSo(stay: Extract<Claim['stay'], { kind: 'while' }>, memory: Uint8Array): boolean {
  return stay.test(wordAt(memory, stay.address));
}

function wordAt(memory: Uint8Array, address: number): number {
  return new DataView(memory.buffer).getUint32(address, true);
}

/** The secrets that are to be seen: a code in the groups it is shown in; or what a QR code says. */
function shownSecrets({ exports, memory }: Core): Secret[] {
  const start = exports.screenText();
  const text = memory.slice(start, start + exports.screenTextLength());
  const screen = new TextDecoder().decode(text);
  const code = CODE_LINE.exec(screen);
  if (code) return [codeSecret(`${code[1]} ${code[2]}`)];
  const qr = QR_SCREEN.exec(screen);
  if (!qr) return [];
  const login: Secret = { name: LOGIN_TEXT, bytes: new Uint8Array(), kind: 'key' };
  const [, digits] = qr;
  return digits === undefined ? [login] : [login, codeSecret(digits.replace(/^.{4}/, '$& '))];
}

function codeSecret(code: string): Secret {
  return { name: `code ${code}`, bytes: new TextEncoder().encode(code), kind: 'code' };
}
