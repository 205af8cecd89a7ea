import { encodeQr } from '../../../host/qr.ts';
import { qrCodePng } from '../../picture/qr-png.ts';
import type { QrCode } from './records.ts';

/**
 * The text inside a QR code. Both spellings of its end are there, as the vendor's pages differ, and
 * `random` is the id for v2 and v3 calls alike.
 */
export function payloadOf({ id, scene, userPoolId, createdAt, expiresAt, customData }: QrCode) {
  return JSON.stringify({
    scene,
    random: id,
    userPoolId,
    createdAt: new Date(createdAt).toISOString(),
    expireAt: new Date(expiresAt).toISOString(),
    expiresIn: Math.round((expiresAt - createdAt) / 1000),
    ...(customData && { customData }),
  });
}

/** @returns a PNG file with the text as a QR code at level M, black on white with its quiet zone */
export function qrPicture(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return qrCodePng(encodeQr(text));
}
