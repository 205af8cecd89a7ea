import { isSame } from '../tokens.ts';
import {
  act,
  demandClient,
  needsLogo,
  polledSubject,
  redeem,
  scannerOf,
  strategyOf,
} from './actions.ts';
import * as bodies from './bodies.ts';
import { applicationOf, type Call, qrCodeOf } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { Account, QrCode, Scene } from './records.ts';
import type { Success } from './serve.ts';
import { checkSignature } from './signature.ts';
import {
  accountOfCaller,
  managementToken,
  TOKEN_LIFETIME_SECONDS,
  type TokenSet,
  tokenSetOf,
} from './tokens.ts';

/** The API of today: `/api/v3/…`, answers as `{statusCode, message, data}`. */

/** `data` is left out where the vendor's answer has none. */
export function succeeded(data?: object) {
  return { statusCode: 200, message: 'Operation successful', ...(data && { data }) };
}

const SCENES = {
  MOBILE_APP: 'APP_AUTH',
  WECHAT_MINIPROGRAM: 'WXAPP_AUTH',
  WECHAT_OFFICIAL_ACCOUNT: 'WECHATMP_AUTH',
} as const satisfies Record<string, Scene>;

export function geneQrCode(call: Call): object {
  const application = applicationOf(call);
  const { type, customData, autoMergeQrCode } = bodies.parse(bodies.geneQrCode, call.body);
  const input = { scene: SCENES[type], customData: customData ?? null };
  const code = call.authing.addQrCode(application, input, call.timeMilliseconds);
  return succeeded({
    qrcodeId: code.id,
    url: pictureUrl(call, code),
    ...(needsLogo(code.scene, autoMergeQrCode) && { customLogoUrl: logoUrl(call) }),
  });
}

export function pictureUrl({ url }: Call, { id }: QrCode): string {
  return `${url.origin}/qr/${id}.png`;
}

export function logoUrl({ url }: Call): string {
  return `${url.origin}/logo.svg`;
}

/** The deprecated form, which the vendor calls non-standard: the pool's settings say how much so. */
export async function checkQrCodeStatus(call: Call): Promise<Success> {
  await checkSignature(call);
  const code = codeOfQuery(call);
  const { flatCheckStatus } = strategyOf(call, code);
  return async () => {
    const data = await statusData(call, code);
    if (flatCheckStatus === true) return data;
    return flatCheckStatus === 'both' ? { ...data, ...succeeded(data) } : succeeded(data);
  };
}

export async function getQrCodeStatus(call: Call): Promise<Success> {
  await checkSignature(call);
  const code = codeOfQuery(call);
  return async () => succeeded(await statusData(call, code));
}

function codeOfQuery(call: Call): QrCode {
  const query = Object.fromEntries(call.url.searchParams);
  const { qrcodeId } = bodies.parse(bodies.statusQuery, emptyAsAbsent(query));
  const code = qrCodeOf(call, qrcodeId);
  if (!code) throw new AuthingRefusal('qrCodeUnknown');
  return code;
}

/** `?qrcodeId=` says as little as no query at all. */
export function emptyAsAbsent(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

interface StatusData {
  readonly status: QrCode['status'];
  readonly ticket?: string;
  readonly briefUserInfo?: { readonly displayName: string; readonly photo: string };
  readonly tokenSet?: TokenSet;
}

/** A second factor that is missing has no name in v3: the code is still no more than scanned. */
async function statusData(call: Call, code: QrCode): Promise<StatusData> {
  const { status, grant } = code;
  const scanner = status === 'ERROR' ? undefined : scannerOf(call, code);
  const subject = polledSubject(call, code);
  return {
    status,
    ...(grant?.ticket && { ticket: grant.ticket }),
    ...(scanner && { briefUserInfo: { displayName: scanner.name, photo: scanner.photo } }),
    ...(subject && {
      tokenSet: await tokenSetOf(
        call,
        await call.authing.keys.signer(call.timeMilliseconds),
        subject,
      ),
    }),
  };
}

export async function changeQrCodeStatus(call: Call): Promise<object> {
  const account = await accountOfCaller(call);
  const { qrcodeId, action, oath } = bodies.parse(bodies.changeStatus, call.body);
  act(call, account, { id: qrcodeId, action, oath });
  return succeeded();
}

export async function setQrCodeStatus(call: Call): Promise<object> {
  await changeQrCodeStatus(call);
  return succeeded({ success: true });
}

export async function exchangeTicket(call: Call): Promise<Success> {
  const request = bodies.parse(bodies.exchangeTicket, call.body);
  const signer = await call.authing.keys.signer(call.timeMilliseconds);
  const application = applicationOf(call);
  demandClient(call, application, request);
  const subject = redeem(call, request.ticket, application);
  return async () => succeeded(await tokenSetOf(call, signer, subject));
}

export async function getManagementToken(call: Call): Promise<object> {
  const { accessKeyId, accessKeySecret } = bodies.parse(bodies.managementToken, call.body);
  const key = call.authing.accessKeys.get(accessKeyId);
  if (!isSame(key?.secret ?? '', accessKeySecret) || !key) {
    throw new AuthingRefusal('accessKeyRefused');
  }
  const signer = await call.authing.keys.signer(call.timeMilliseconds);
  return succeeded({
    access_token: await managementToken(key, call.timeMilliseconds, signer),
    expires_in: TOKEN_LIFETIME_SECONDS,
  });
}

export async function getProfile(call: Call): Promise<object> {
  const account = await accountOfCaller(call);
  const withCustomData = call.url.searchParams.get('withCustomData') === 'true';
  return succeeded({
    ...profileOf(account),
    ...(withCustomData && { customData: account.customData }),
  });
}

function profileOf({ id, name, nickname, photo }: Account) {
  return { userId: id, name, nickname, photo, status: 'Activated' };
}
