/** Tokens for tests: on virtual boards, with time and randomness given. */
import {
  type NewCredential,
  putCredential,
  selectManagement,
  setClock,
  Token,
  writeSerialNumber,
} from '../host/index.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../sim/board/index.ts';

/** The secret of RFC 4226, Appendix D. */
export const RFC_KEY = new TextEncoder().encode('12345678901234567890');

/** 2026-11-21T12:00:00Z. */
export const NOON = 1795262400;

/** A board with a clock that stands still and a device key that is always the same. */
export function testBoard(image?: Uint8Array, timeSeconds: number | null = NOON) {
  const clock = new DrivenClock(timeSeconds);
  const flash = new VirtualFlash(image ? Uint8Array.from(image) : undefined);
  const board = new VirtualBoard({ flash, clock, entropy: seededEntropy(1) });
  return { board, flash, clock };
}

/** A personalised token: serial number, clock, and the credentials asked for. */
export function testToken(
  credentials: readonly NewCredential[] = [{ name: 'a:b', key: RFC_KEY }],
  timeSeconds = NOON,
) {
  const parts = testBoard(undefined, timeSeconds);
  const token = new Token(parts.board);
  selectManagement(token);
  writeSerialNumber(token, 'LMP-000417');
  setClock(token, timeSeconds);
  for (const credential of credentials) putCredential(token, { ...credential });
  return { token, ...parts };
}

/** Bytes from hex, spaces allowed. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** Hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The guarded CRC of some words: assembly/store/FORMAT.md, "Guarded words", bit by bit. */
export function guardedCrc(words: readonly number[]): number {
  let crc = 0xffffffff;
  for (const word of words) {
    for (let bit = 0; bit < 32; bit++) {
      const low = (crc ^ (word >>> bit)) & 1;
      crc = (crc >>> 1) ^ (low ? 0xedb88320 : 0);
    }
  }
  const information = ~crc >>> 5;
  const zeros = information.toString(2).padStart(27, '0').split('0').length - 1;
  return ((information << 5) | zeros) >>> 0;
}
