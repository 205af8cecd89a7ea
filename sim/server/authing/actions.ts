import { SIGN_IN_REASONS, verifySignIn } from '../emulator/sign-in.ts';
import { isSame } from '../tokens.ts';
import type { ExchangeTicket, OathProof } from './bodies.ts';
import { type Call, qrCodeOf } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import { cancelled, confirmed, issued, mayConfirm, scanned } from './machine.ts';
import { alphanumeric } from './random.ts';
import type { Account, Application, QrCode, QrLoginStrategy } from './records.ts';
import type { Subject } from './tokens.ts';

/**
 * What both generations of the API do with a QR code. Each function looks, decides and changes in
 * one go without awaiting anything, so that of two phones, or of two exchanges, one comes first.
 */

export type Action = 'SCAN' | 'CONFIRM' | 'CANCEL';

/** The user's app acts on a code. @throws AuthingRefusal; then the QR code is what it was */
export function act(
  call: Call,
  account: Account,
  request: { id: string; action: Action; oath?: OathProof | null | undefined },
): void {
  const code = qrCodeOf(call, request.id);
  if (!code) throw new AuthingRefusal('qrCodeInvalid');
  if (request.action === 'CONFIRM') {
    confirm(call, code, account, request.oath ?? undefined);
    return;
  }
  const next = request.action === 'SCAN' ? scanned(code, account) : cancelled(code, account);
  if (next !== code) call.authing.qrCodes.replace(code, next);
}

/** The code of the OATH token is looked at last, so that no refusal but its own uses it up. */
function confirm(call: Call, code: QrCode, account: Account, oath: OathProof | undefined): void {
  if (!mayConfirm(code, account)) return;
  const { authing, timeMilliseconds } = call;
  const strategy = strategyOf(call, code);
  if (oath) checkOath(call, account, oath);
  else if (strategy.confirmNeedsCode) throw new AuthingRefusal('codeNeeded');
  const texts = { grantId: alphanumeric(24), ticket: alphanumeric(32) };
  authing.qrCodes.replace(code, confirmed(code, strategy, timeMilliseconds, texts));
  // The account of the caller may be older than this moment.
  const current = authing.accounts.get(account.id)!;
  authing.accounts.replace(current, {
    ...current,
    customData: { ...current.customData, ...code.customData },
    loginsCount: current.loginsCount + 1,
    updatedAt: code.customData ? timeMilliseconds : current.updatedAt,
  });
}

/** By the window, the replay marks and the limit of every other sign-in with a token. */
function checkOath(call: Call, account: Account, oath: OathProof): void {
  const { serialNumber } = oath;
  const owner = call.state.deviceBySerialNumber(serialNumber)?.state.assignedUserId;
  if (!owner || owner !== account.directoryUserId) {
    throw new AuthingRefusal('codeRefused', 'the OATH token is not one of this user');
  }
  const verdict = verifySignIn(call, oath);
  if (!verdict.accepted) {
    throw new AuthingRefusal('codeRefused', SIGN_IN_REASONS[verdict.reason].replace(/\.$/, ''));
  }
}

export function strategyOf({ authing }: Call, { userPoolId }: QrCode): QrLoginStrategy {
  return authing.userPools.get(userPoolId)!.strategy;
}

/**
 * Uses a ticket up.
 * @returns what its tokens are about; they are signed after that
 * @throws AuthingRefusal ticketInvalid (wrong, used, expired), notAllowed (of another application);
 *   then the ticket is what it was
 */
export function redeem(call: Call, ticket: string, application: Application): Subject {
  const { authing, remoteAddress } = call;
  const named = authing.qrCodeOfTicket(ticket);
  const code = named && qrCodeOf(call, named.id);
  if (!code?.grant) throw new AuthingRefusal('ticketInvalid');
  if (code.applicationId !== application.id) throw new AuthingRefusal('notAllowed');
  if (isBrowser(call) && !strategyOf(call, code).allowExchangeUserInfoFromBrowser) {
    throw new AuthingRefusal('browserNotAllowed');
  }
  const next = issued(code, call.timeMilliseconds);
  authing.qrCodes.replace(code, next);
  const before = authing.accounts.get(code.accountId!)!;
  const account = { ...before, lastIp: remoteAddress };
  authing.accounts.replace(before, account);
  return { application, account, grant: next.grant };
}

/** How the vendor tells a browser from a server is not documented; browsers send an Origin. */
function isBrowser({ headers }: Call): boolean {
  return headers.has('origin');
}

/**
 * The application that exchanges a ticket, having shown its secret in the way that it is set to.
 * @throws AuthingRefusal clientRefused
 */
export function demandClient(
  { headers }: Call,
  application: Application,
  { client_id, client_secret }: Pick<ExchangeTicket, 'client_id' | 'client_secret'>,
): void {
  if (application.tokenEndpointAuth === 'none') return;
  const presented =
    application.tokenEndpointAuth === 'client_secret_post'
      ? `${client_id}:${client_secret}`
      : basicCredentials(headers.get('authorization') ?? '');
  if (!isSame(`${application.id}:${application.secret}`, presented)) {
    throw new AuthingRefusal('clientRefused');
  }
}

/** RFC 7617 §2; what is no such header is text that equals no secret. */
function basicCredentials(authorization: string): string {
  const [, base64 = ''] = /^basic +([\w+/=]{1,512})$/i.exec(authorization) ?? [];
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

/** Who scanned a code, as its answers show them. */
export function scannerOf({ authing }: Call, { accountId }: QrCode): Account | undefined {
  return accountId === null ? undefined : authing.accounts.get(accountId);
}

/**
 * What polling is to be answered with instead of a ticket, when the pool is set to that. The first
 * poll notes when: later ones say the same.
 */
export function polledSubject(call: Call, code: QrCode): Subject | undefined {
  const account = scannerOf(call, code);
  if (!code.grant?.isPolled || !account) return undefined;
  const application = call.authing.applications.get(code.applicationId)!;
  const next = issued(code, call.timeMilliseconds);
  if (code.grant.issuedAt === undefined) call.authing.qrCodes.replace(code, next);
  return { application, account, grant: next.grant };
}

/** The logo in the middle of a mini program's code, where the code is not to have one already. */
export function needsLogo(scene: QrCode['scene'], autoMerge: boolean | null | undefined): boolean {
  return scene === 'WXAPP_AUTH' && autoMerge !== true;
}
