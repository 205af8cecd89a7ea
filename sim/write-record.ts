/** Writes a seed record into a token: its account, its serial number, its clock. */
import {
  type NewCredential,
  type NewLogin,
  putCredential,
  putLogin,
  selectManagement,
  setClock,
  writeSerialNumber,
} from '../host/management.ts';
import { accountName, type SeedRecord } from '../host/provision/seed-record.ts';
import type { Token } from '../host/token.ts';

/** The QR codes of a new token: of its account, and besides it. */
export interface NewQrCodes {
  readonly live?: string | undefined;
  readonly login?: NewLogin | undefined;
}

/**
 * Personalises a new token.
 * @throws TokenError when the token is not fit, or refuses a value
 */
export function writeRecord(
  token: Token,
  record: SeedRecord & { readonly serialNumber: string },
  timeSeconds: number,
  { live, login }: NewQrCodes = {},
): void {
  if (token.fault) throw token.fault;
  selectManagement(token);
  writeSerialNumber(token, record.serialNumber);
  const account = credentialOf(record);
  putCredential(token, live === undefined ? account : { ...account, liveQr: live });
  if (login) putLogin(token, login);
  setClock(token, timeSeconds);
}

/** The account of a record as a token takes it; the key is not copied. */
export function credentialOf(record: SeedRecord): NewCredential {
  const { type, hash, digits, periodSeconds, secret: key } = record;
  const account = { name: accountName(record), type, hash, digits, key };
  return type === 'hotp'
    ? { ...account, counter: record.counter ?? 0n }
    : { ...account, periodSeconds };
}
