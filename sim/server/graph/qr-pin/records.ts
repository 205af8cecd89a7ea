import type { Item } from '../../store/collection.ts';
import type { State } from '../../store/state.ts';

/** What the server keeps of QR code + PIN. Times are milliseconds since 1970 on its clock. */

export interface QrCode {
  readonly id: string;
  /** SHA-256 of the secret in the symbol, hexadecimal: a lost code cannot be made again. */
  readonly secretDigest: string;
  readonly startAt: number;
  readonly expireAt: number;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Somebody has been told that it is over; absent until then. */
  readonly hasExpired?: boolean;
}

export interface Pin {
  readonly id: string;
  /** PBKDF2 of the digits, hexadecimal; its salt makes it unlike that of any other PIN. */
  readonly hash: string;
  readonly salt: string;
  readonly iterations: number;
  readonly forceChange: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Attempts since the last right one, counted before each is looked at. */
  readonly attemptCount: number;
  /** Once the cap is hit: no PIN is looked at before this time. */
  readonly retryAt: number;
}

/** A user's method. The item's id is the user's, so that there can be one only. */
export interface QrMethod extends Item {
  readonly methodId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly standardQRCode: QrCode | null;
  readonly temporaryQRCode: QrCode | null;
  readonly pin: Pin;
}

export type CodeKind = 'standardQRCode' | 'temporaryQRCode';

export const qrMethods = (state: State) => state.collection<QrMethod>('qrCodePinMethod');
