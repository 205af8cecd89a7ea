/**
 * The whole check of a PIN in token.wasm, as a host asks for it: VERIFY with a wrong PIN, which
 * agrees with the stored one in none, some, or all but one of its digits.
 *
 * Stored with two iterations of PBKDF2 instead of a thousand, since the traces repeat and a hundred
 * thousand checks are to be made; the iterations are in the record, so the firmware that checks is
 * the one that is shipped. What is written to flash is the same for all of them.
 */
import { concat, encodeTlv } from '../../host/apdu.ts';
import { type Board, FLASH_BYTES } from '../../host/board.ts';
import { boardImports } from '../../host/core.ts';
import { selectManagement, setPin, Token } from '../../host/index.ts';
import { seededEntropy, VirtualFlash } from '../../sim/board/index.ts';
import { testBoard } from '../fixtures.ts';
import type { Subject } from './subjects.ts';
import { acceptableDigits, type KnownToken } from './token-subjects.ts';
import { type Exports, findParting, openTraced, type Parting } from './trace.ts';

/** Different PINs that are stored; their lengths run from 6 to 16. */
const STORED = 64;
const LENGTHS = 11;

interface Locked {
  readonly pin: Uint8Array;
  readonly image: Uint8Array;
}

/** A token with a PIN of its own, salt and master key too. */
function lockedToken(number: number, firmware: BufferSource): Locked {
  const { board, flash } = testBoard();
  board.entropy = seededEntropy(number + 1);
  const token = new Token(board, firmware);
  const pin = acceptableDigits(6 + (number % LENGTHS), number);
  selectManagement(token);
  setPin(token, pin);
  return { pin, image: flash.image };
}

/** The board of the tokens above, with a flash whose content can be put back. */
export class Bed {
  readonly #image = new Uint8Array(FLASH_BYTES).fill(0xff);
  readonly board: Board = Object.assign(testBoard().board, {
    flash: new VirtualFlash(this.#image),
  });

  put(image: Uint8Array): void {
    this.#image.set(image);
  }
}

export const SELECT = Uint8Array.from(Buffer.from('00a4040008a000000527471117', 'hex'));

export function exchange({ memory, buffer, exchange }: Exports, command: Uint8Array): number {
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(command, buffer!());
  const end = buffer!() + exchange!(command.length);
  return (bytes[end - 2]! << 8) | bytes[end - 1]!;
}

const verifyCommand = (pin: Uint8Array) =>
  Uint8Array.of(0x00, 0x20, 0x00, 0x80, pin.length, ...pin);

/** A wrong PIN that agrees with the stored one in its first digits, as many as `number` says. */
function wrongPin(stored: Uint8Array, length: number, number: number): Uint8Array {
  const pin = acceptableDigits(length, number);
  const shared = number % Math.min(length, stored.length);
  pin.set(stored.subarray(0, shared));
  if (pin[shared] === stored[shared]) pin[shared] = 0x30 + ((pin[shared]! - 0x30 + 1) % 10);
  return pin;
}

/**
 * @param hasty builds of the same sources that store with two iterations
 * @param lengths digits of the PINs that are offered, each a subject of its own
 */
export async function pinSubjects(
  token: KnownToken,
  hasty: BufferSource,
  lengths: readonly number[],
): Promise<Subject[]> {
  const bed = new Bed();
  const imports = boardImports(bed.board, () => new Uint8Array(traced.exports.memory.buffer));
  const traced = await openTraced(token.wasm, { imports });
  const { exports } = traced;
  const memory = new Uint8Array(exports.memory.buffer);
  const fresh = memory.slice();
  const stored = Array.from({ length: STORED }, (_, number) => {
    const { pin, image } = lockedToken(number, hasty);
    bed.put(image);
    memory.set(fresh);
    exports.boot!();
    exchange(exports, SELECT);
    return { pin, image, memory: memory.slice(0, 8192) };
  });
  return lengths.map((length) => ({
    title: `VERIFY with a wrong PIN of ${length} digits in token.wasm`,
    traced,
    run: (number) => {
      const locked = stored[number % STORED]!;
      bed.put(locked.image);
      memory.set(locked.memory);
      const command = verifyCommand(wrongPin(locked.pin, length, Math.floor(number / STORED)));
      const status = exchange(exports, command);
      if (status !== 0x63c7) throw new Error(`VERIFY: ${status.toString(16)}, not 63c7`);
    },
  }));
}

/** Where the traces of a right and of a wrong PIN part. */
export async function partingOfVerdicts(
  token: KnownToken,
  hasty: BufferSource,
): Promise<Parting | null> {
  const { pin, image } = lockedToken(0, hasty);
  const wrong = wrongPin(pin, pin.length, 0);
  let memory = new Uint8Array();
  const bed = new Bed();
  const imports = boardImports(bed.board, () => memory);
  return findParting(token.wasm, { imports }, (exports, which) => {
    memory = new Uint8Array(exports.memory.buffer);
    bed.put(image);
    exports.boot!();
    exchange(exports, SELECT);
    exchange(exports, verifyCommand(which === 0 ? wrong : pin));
  });
}

/** Where the traces of two accounts part that differ in their keys only, when they are stored. */
export async function partingOfPuts(token: KnownToken): Promise<Parting | null> {
  let memory = new Uint8Array();
  const bed = new Bed();
  const imports = boardImports(bed.board, () => memory);
  return findParting(token.wasm, { imports }, (exports, which) => {
    memory = new Uint8Array(exports.memory.buffer);
    bed.put(new Uint8Array(FLASH_BYTES).fill(0xff));
    exports.boot!();
    exchange(exports, SELECT);
    const key = acceptableDigits(20, which);
    const data = concat(encodeTlv(0x71, [0x61]), encodeTlv(0x73, [0x21, 6], key), [0x80, 2, 0, 30]);
    exchange(exports, concat([0x80, 0x02, 0, 0, data.length], data));
  });
}
