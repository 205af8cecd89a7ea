import type { Exchange } from '../../exchange.ts';
import type { User } from '../../store/records.ts';
import { contextUrl, dateTime } from '../shapes.ts';
import { draw, ERROR_CORRECTION_LEVEL } from './picture.ts';
import type { CodeKind, Pin, QrCode, QrMethod } from './records.ts';

/**
 * What the answers look like. Picture, secret and PIN are in the answer to their making and in no
 * other. The two versions differ as the vendor's samples of them do.
 */

export type Version = 'beta' | 'v1.0';

export function versionOf({ url }: Exchange): Version {
  return /^\/v1\.0\//i.test(new URL(url).pathname) ? 'v1.0' : 'beta';
}

/** How the samples write "never used": of a standard code as the first day of all, else as null. */
const NEVER_USED: Readonly<Record<CodeKind, string | null>> = {
  standardQRCode: '0001-01-01T00:00:00Z',
  temporaryQRCode: null,
};

export function codeBody(kind: CodeKind, code: QrCode) {
  return {
    id: code.id,
    startDateTime: dateTime(code.startAt),
    expireDateTime: dateTime(code.expireAt),
    createdDateTime: dateTime(code.createdAt),
    lastUsedDateTime: code.lastUsedAt === null ? NEVER_USED[kind] : dateTime(code.lastUsedAt),
    image: null,
  };
}

export const CODE_TYPE = { '@odata.type': '#microsoft.graph.qrCode' };

/** With the picture, which cannot be had a second time. */
export function newCodeBody(kind: CodeKind, code: QrCode, content: string) {
  const { svg, version } = draw(content);
  const image = {
    '@odata.type': '#microsoft.graph.qrCodeImageDetails',
    binaryValue: base64(svg),
    version,
    errorCorrectionLevel: ERROR_CORRECTION_LEVEL.toLowerCase(),
    rawContent: base64(content),
  };
  return { ...CODE_TYPE, ...codeBody(kind, code), image };
}

/** Edm.Binary of a text, as UTF-8. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** v1.0 hides the code as null, beta as an empty text. */
export function pinBody(pin: Pin, version: Version) {
  return {
    code: version === 'beta' ? '' : null,
    forceChangePinNextSignIn: pin.forceChange,
    createdDateTime: dateTime(pin.createdAt),
    updatedDateTime: dateTime(pin.updatedAt),
  };
}

/** With the digits, which nobody is told a second time. */
export function newPinBody(pin: Pin, digits: string) {
  return {
    '@odata.type': '#microsoft.graph.qrPin',
    id: pin.id,
    ...pinBody(pin, 'v1.0'),
    code: digits,
  };
}

const METHOD_TYPE = { '@odata.type': '#microsoft.graph.qrCodePinAuthenticationMethod' };

export function newMethodBody(
  method: QrMethod,
  standardQRCode: ReturnType<typeof newCodeBody>,
  digits: string,
) {
  const pin = newPinBody(method.pin, digits);
  return { ...METHOD_TYPE, id: method.methodId, standardQRCode, temporaryQRCode: null, pin };
}

export function methodBody(exchange: Exchange, method: QrMethod) {
  const version = versionOf(exchange);
  const { standardQRCode: standard, temporaryQRCode: temporary, pin } = method;
  return {
    '@odata.context': contextUrl(exchange, 'users/authentication/qrCodePinMethod/$entity', version),
    ...METHOD_TYPE,
    id: method.methodId,
    ...(version === 'v1.0' && { createdDateTime: dateTime(method.createdAt) }),
    standardQRCode: standard && codeBody('standardQRCode', standard),
    temporaryQRCode: temporary && codeBody('temporaryQRCode', temporary),
    pin: { ...pinBody(pin, version), ...(version === 'beta' && { id: pin.id }) },
    ...(version === 'beta' &&
      method.lastUsedAt !== null && { lastUsedDateTime: dateTime(method.lastUsedAt) }),
  };
}

/** The address of a user's method, as the vendor's sample has it in `Location`. */
export function methodLocation(exchange: Exchange, user: User): string {
  return `${exchange.basePath}/${versionOf(exchange)}/users/${user.id}/authentication/qrCodePinMethod`;
}
