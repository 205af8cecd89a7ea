import { AuthingRefusal } from './errors.ts';
import {
  type Account,
  type Issued,
  type QrCode,
  type QrLoginStrategy,
  type ScannedResult,
  TOKEN_LIFETIME_SECONDS,
} from './records.ts';

/**
 * The life of a QR code: every transition, as functions from one record to the next. They change
 * nothing themselves; whoever calls them sets the result in the old record's place.
 *
 *     PENDING ──scan──▶ SCANNED ──confirm──▶ AUTHORIZED
 *        │                 ├─────cancel────▶ CANCELLED
 *        │                 ├──────fail─────▶ ERROR
 *        └──── time ───────┴──── time ─────▶ EXPIRED ◀── time ── AUTHORIZED
 */

/**
 * What time has made of a code. An expired code has forgotten who scanned it, and its ticket; it
 * stays expired when the clock is set back.
 */
export function aged(code: QrCode, timeMilliseconds: number): QrCode {
  const end = endOf(code);
  if (end === null || timeMilliseconds < end) return code;
  return { ...code, status: 'EXPIRED', accountId: null, grant: null, outcome: null };
}

function endOf({ status, grant, expiresAt }: QrCode): number | null {
  if (status === 'PENDING' || status === 'SCANNED') return expiresAt;
  if (status !== 'AUTHORIZED') return null;
  const { isPolled, issuedAt, expiresAt: ticketEnd } = grant!;
  // What polling delivers must not be dead: with its tokens the login is over.
  if (!isPolled || issuedAt === undefined) return ticketEnd;
  return Math.min(ticketEnd, expirySecondsOf({ issuedAt }) * 1000);
}

/** When the tokens of a grant expire, in whole seconds since 1970, as JWTs count. */
export function expirySecondsOf({ issuedAt }: Pick<Issued, 'issuedAt'>): number {
  return Math.floor(issuedAt / 1000) + TOKEN_LIFETIME_SECONDS;
}

/**
 * Binds the code to the first who scans it; that person may scan again.
 * @throws AuthingRefusal scannedByOther, notAllowed (another pool), or that the code is at its end
 */
export function scanned(code: QrCode, account: Account): QrCode {
  demandSamePool(code, account);
  if (code.status === 'AUTHORIZED') throw new AuthingRefusal('alreadyConfirmed');
  demandOpen(code);
  if (code.status === 'PENDING') return { ...code, status: 'SCANNED', accountId: account.id };
  if (code.accountId !== account.id) throw new AuthingRefusal('scannedByOther');
  return code;
}

/**
 * Whether this person may confirm now. A second confirmation changes nothing: the first one's
 * ticket stays the only one.
 * @returns false when it is confirmed already
 * @throws AuthingRefusal notScanned, notAllowed, or that the code is at its end
 */
export function mayConfirm(code: QrCode, account: Account): boolean {
  demandSamePool(code, account);
  demandOpen(code);
  if (code.status === 'PENDING') throw new AuthingRefusal('notScanned');
  if (code.accountId !== account.id) throw new AuthingRefusal('notAllowed');
  return code.status === 'SCANNED';
}

/** @param texts the random texts of the new grant */
export function confirmed(
  code: QrCode,
  strategy: QrLoginStrategy,
  timeMilliseconds: number,
  texts: { readonly grantId: string; readonly ticket: string },
): QrCode {
  const isPolled = strategy.returnFullUserInfo;
  return {
    ...code,
    status: 'AUTHORIZED',
    outcome: null,
    grant: {
      id: texts.grantId,
      confirmedAt: timeMilliseconds,
      expiresAt: timeMilliseconds + strategy.ticketExpiresIn * 1000,
      ticket: isPolled ? null : texts.ticket,
      isPolled,
    },
  };
}

/** @throws AuthingRefusal notScanned, notAllowed, or that the code is at its end */
export function cancelled(code: QrCode, account: Account): QrCode {
  demandSamePool(code, account);
  if (code.status === 'AUTHORIZED') throw new AuthingRefusal('alreadyConfirmed');
  demandOpen(code);
  if (code.status === 'PENDING') throw new AuthingRefusal('notScanned');
  if (code.accountId !== account.id) throw new AuthingRefusal('notAllowed');
  return { ...code, status: 'CANCELLED', outcome: null };
}

/** Tokens are given out now, which uses the ticket up; the code itself stays as it is. */
export function issued(code: QrCode, timeMilliseconds: number): QrCode & { grant: Issued } {
  const grant = code.grant!;
  return {
    ...code,
    grant: { ...grant, issuedAt: grant.issuedAt ?? timeMilliseconds, ticket: null },
  };
}

/**
 * A tester's doing: the login fails, or waits for a second factor (v2 only knows of it).
 * @throws AuthingRefusal when the code is not waiting for anybody
 */
export function interrupted(code: QrCode, status: 'ERROR' | 'MFA', outcome: ScannedResult): QrCode {
  if (code.status === 'AUTHORIZED') throw new AuthingRefusal('alreadyConfirmed');
  demandOpen(code);
  if (status === 'ERROR') return { ...code, status, outcome };
  if (code.status === 'PENDING') throw new AuthingRefusal('notScanned');
  return { ...code, outcome };
}

function demandSamePool(code: QrCode, account: Account): void {
  if (code.userPoolId !== account.userPoolId) throw new AuthingRefusal('notAllowed');
}

function demandOpen({ status }: QrCode): void {
  if (status === 'CANCELLED') throw new AuthingRefusal('cancelled');
  if (status === 'EXPIRED') throw new AuthingRefusal('expired');
  if (status === 'ERROR') throw new AuthingRefusal('failed');
}
