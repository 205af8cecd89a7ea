import {
  type Action,
  act,
  demandClient,
  needsLogo,
  polledSubject,
  redeem,
  scannerOf,
} from './actions.ts';
import * as bodies from './bodies.ts';
import { applicationOf, type Call, qrCodeOf } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { Signer } from './keys.ts';
import type { QrCode } from './records.ts';
import type { Success } from './serve.ts';
import { accountOfCaller, expirySecondsOf, type Subject, tokenSetOf } from './tokens.ts';
import { emptyAsAbsent, logoUrl, pictureUrl } from './v3.ts';

/**
 * The older API, which the JS SDK and Guard call: `/api/v2/qrcode/…` and, as the vendor's pages
 * print it, `/api/qrcode/…`; answers as `{code, message, data}`.
 */

function succeeded(data: object) {
  return { code: 200, message: 'OK', data };
}

export function gene(call: Call): object {
  const application = applicationOf(call);
  const request = bodies.parse(bodies.geneV2, call.body);
  const customData = request.params ?? request.customData ?? request.customeData ?? null;
  const input = { scene: request.scene, customData };
  const code = call.authing.addQrCode(application, input, call.timeMilliseconds);
  return succeeded({
    random: code.id,
    expiresIn: Math.round((code.expiresAt - code.createdAt) / 1000),
    url: pictureUrl(call, code),
    ...(needsLogo(code.scene, request.autoMergeQrCode) && { customLogo: logoUrl(call) }),
  });
}

const NUMBERS: Readonly<Record<QrCode['status'], number>> = {
  PENDING: 0,
  SCANNED: 1,
  AUTHORIZED: 2,
  CANCELLED: 3,
  EXPIRED: -1,
  ERROR: 5,
};
/** A second factor is missing. */
const MFA = 4;

export function check(call: Call): Success {
  const query = Object.fromEntries(call.url.searchParams);
  const { random } = bodies.parse(bodies.statusQueryV2, emptyAsAbsent(query));
  const code = qrCodeOf(call, random);
  if (!code) throw new AuthingRefusal('qrCodeUnknown');
  const { status, grant, outcome, accountId } = code;
  const isWaiting = status === 'SCANNED' && outcome !== null;
  return async () =>
    succeeded({
      random,
      status: isWaiting ? MFA : NUMBERS[status],
      userInfo: await userInfoOf(call, code),
      ticket: grant?.ticket ?? null,
      scannedUserId: accountId,
      ...(outcome && { scannedResult: scannedResultOf(code) }),
    });
}

/** Nickname and picture, or with the switch on the whole user with their token. */
async function userInfoOf(call: Call, code: QrCode): Promise<object> {
  const subject = polledSubject(call, code);
  if (subject) return fullUser(call, await signerNow(call), subject);
  const scanner = scannerOf(call, code);
  return scanner ? { nickname: scanner.nickname, photo: scanner.photo } : {};
}

/** The JS SDK reads `errmsg` of an error, Guard reads `message`. */
function scannedResultOf({ status, outcome }: QrCode): object {
  const { code, message, data } = outcome!;
  return { code, message, ...(status === 'ERROR' && { errmsg: message }), data };
}

/** The answers of the app's three calls have numbers of their own, older than those of `check`. */
const DESCRIPTIONS = {
  SCAN: { status: 0, description: 'scanned' },
  CONFIRM: { status: 1, description: 'confirm' },
  CANCEL: { status: -1, description: 'cancel' },
} as const satisfies Record<Action, object>;

export function actionOf(action: Action): (call: Call) => Promise<object> {
  return async (call) => {
    const account = await accountOfCaller(call);
    const { random, oath } = bodies.parse(bodies.changeStatusV2, call.body);
    act(call, account, { id: random, action, oath });
    return succeeded({ random, ...DESCRIPTIONS[action] });
  };
}

export async function exchangeUserInfo(call: Call): Promise<Success> {
  const request = bodies.parse(bodies.exchangeTicket, call.body);
  const signer = await signerNow(call);
  const application = applicationOf(call);
  demandClient(call, application, request);
  const subject = redeem(call, request.ticket, application);
  return async () => succeeded(await fullUser(call, signer, subject));
}

function signerNow({ authing, timeMilliseconds }: Call): Promise<Signer> {
  return authing.keys.signer(timeMilliseconds);
}

async function fullUser(call: Call, signer: Signer, subject: Subject): Promise<object> {
  const { id_token } = await tokenSetOf(call, signer, subject);
  const { account, grant } = subject;
  return {
    id: account.id,
    email: account.email,
    emailVerified: false,
    oauth: '',
    username: account.username,
    nickname: account.nickname,
    company: '',
    photo: account.photo,
    token: id_token,
    phone: account.phone,
    tokenExpiredAt: new Date(expirySecondsOf(grant) * 1000).toISOString(),
    loginsCount: account.loginsCount,
    lastIp: account.lastIp,
    signedUp: new Date(account.signedUpAt).toISOString(),
    blocked: false,
    isDeleted: false,
  };
}
