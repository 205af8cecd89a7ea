import { type Action, act, needsLogo, polledSubject, scannerOf } from './actions.ts';
import * as bodies from './bodies.ts';
import { type Asked, applicationOf, type Call, qrCodeOf, type SlowCall } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { Signer } from './keys.ts';
import { expirySecondsOf } from './machine.ts';
import type { QrCode } from './records.ts';
import { accountOfCaller, type Subject, signerOf, tokenSetOf } from './tokens.ts';
import { emptyAsAbsent, logoUrl, pictureUrl, redeemed } from './v3.ts';

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

export async function check(call: SlowCall): Promise<object> {
  const query = Object.fromEntries(call.url.searchParams);
  const { random } = bodies.parse(bodies.statusQueryV2, emptyAsAbsent(query));
  const { code, scanner, subject } = call.decide((now) => {
    const code = qrCodeOf(now, random);
    if (!code) throw new AuthingRefusal('qrCodeUnknown');
    return { code, scanner: scannerOf(now, code), subject: polledSubject(now, code) };
  });
  const { status, grant, outcome, accountId } = code;
  const isWaiting = status === 'SCANNED' && outcome !== null;
  const brief = scanner ? { nickname: scanner.nickname, photo: scanner.photo } : {};
  return succeeded({
    random,
    status: isWaiting ? MFA : NUMBERS[status],
    // With the pool's switch on, the whole user with their token.
    userInfo: subject ? await fullUser(call, await signerOf(call), subject) : brief,
    ticket: grant?.ticket ?? null,
    scannedUserId: accountId,
    ...(outcome && { scannedResult: scannedResultOf(code) }),
  });
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

export function actionOf(action: Action): (call: SlowCall) => Promise<object> {
  return async (call) => {
    const account = await accountOfCaller(call);
    const { random, oath } = bodies.parse(bodies.changeStatusV2, call.body);
    call.decide((now) => act(now, account, { id: random, action, oath }));
    return succeeded({ random, ...DESCRIPTIONS[action] });
  };
}

export async function exchangeUserInfo(call: SlowCall): Promise<object> {
  const { signer, subject } = await redeemed(call);
  return succeeded(await fullUser(call, signer, subject));
}

async function fullUser(call: Asked, signer: Signer, subject: Subject): Promise<object> {
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
