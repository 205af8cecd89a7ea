import { serverAddress } from '../address.ts';
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
import { type Asked, applicationOf, type Call, qrCodeOf, type SlowCall } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { Signer } from './keys.ts';
import { type Account, type QrCode, type Scene, TOKEN_LIFETIME_SECONDS } from './records.ts';
import { checkSignature } from './signature.ts';
import {
  accountOfCaller,
  managementToken,
  type Subject,
  signerOf,
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

export function pictureUrl(call: Asked, { id }: QrCode): string {
  return `${serverAddress(call)}/qr/${id}.png`;
}

export function logoUrl(call: Asked): string {
  return `${serverAddress(call)}/logo.svg`;
}

/** The deprecated form, which the vendor calls non-standard: the pool's settings say how much so. */
export async function checkQrCodeStatus(call: SlowCall): Promise<object> {
  const { flatCheckStatus, ...status } = await polledStatus(call);
  const data = await statusData(call, status);
  if (flatCheckStatus === true) return data;
  return flatCheckStatus === 'both' ? { ...data, ...succeeded(data) } : succeeded(data);
}

export async function getQrCodeStatus(call: SlowCall): Promise<object> {
  return succeeded(await statusData(call, await polledStatus(call)));
}

async function polledStatus(call: SlowCall) {
  await checkSignature(call);
  return call.decide((now) => {
    const code = codeOfQuery(now);
    const { flatCheckStatus } = strategyOf(now, code);
    const scanner = code.status === 'ERROR' ? undefined : scannerOf(now, code);
    return { code, scanner, subject: polledSubject(now, code), flatCheckStatus };
  });
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

interface PolledStatus {
  readonly code: QrCode;
  readonly scanner: Account | undefined;
  /** Whom tokens are for, where polling delivers them. */
  readonly subject: Subject | undefined;
}

/** A second factor that is missing has no name in v3: the code is still no more than scanned. */
async function statusData(
  call: SlowCall,
  { code: { status, grant }, scanner, subject }: PolledStatus,
): Promise<StatusData> {
  return {
    status,
    ...(grant?.ticket && { ticket: grant.ticket }),
    ...(scanner && { briefUserInfo: { displayName: scanner.name, photo: scanner.photo } }),
    ...(subject && { tokenSet: await tokenSetOf(call, await signerOf(call), subject) }),
  };
}

export async function changeQrCodeStatus(call: SlowCall): Promise<object> {
  const account = await accountOfCaller(call);
  const { qrcodeId, action, oath } = bodies.parse(bodies.changeStatus, call.body);
  call.decide((now) => act(now, account, { id: qrcodeId, action, oath }));
  return succeeded();
}

export async function setQrCodeStatus(call: SlowCall): Promise<object> {
  await changeQrCodeStatus(call);
  return succeeded({ success: true });
}

export async function exchangeTicket(call: SlowCall): Promise<object> {
  const { signer, subject } = await redeemed(call);
  return succeeded(await tokenSetOf(call, signer, subject));
}

/** The ticket of the body is used up; what its tokens are about, and what signs them. */
export async function redeemed(call: SlowCall): Promise<{ signer: Signer; subject: Subject }> {
  const request = bodies.parse(bodies.exchangeTicket, call.body);
  // First of all: no ticket is used up for want of a key.
  const signer = await signerOf(call);
  const subject = call.decide((now) => {
    const application = applicationOf(now);
    demandClient(now, application, request);
    return redeem(now, request.ticket, application);
  });
  return { signer, subject };
}

export async function getManagementToken(call: SlowCall): Promise<object> {
  const { accessKeyId, accessKeySecret } = bodies.parse(bodies.managementToken, call.body);
  const key = call.decide(({ authing }) => authing.accessKeys.get(accessKeyId));
  if (!isSame(key?.secret ?? '', accessKeySecret) || !key) {
    throw new AuthingRefusal('accessKeyRefused');
  }
  return succeeded({
    access_token: await managementToken(key, call.timeMilliseconds, await signerOf(call)),
    expires_in: TOKEN_LIFETIME_SECONDS,
  });
}

export async function getProfile(call: SlowCall): Promise<object> {
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
