import { hashPin, newPin } from '../../../../sim/server/graph/qr-pin/pin.ts';
import {
  type QrCode,
  type QrMethod,
  qrMethods,
} from '../../../../sim/server/graph/qr-pin/records.ts';
import { digestHex } from '../../digest.ts';
import { FEW_ITERATIONS, NOOR, type Tenant } from '../../support.ts';

/** A method as it may be after some life, put straight into the state. */

export const METHOD_ID = '18f7a0d3-c5e4-4b92-8d61-3f0a9e7c2b54';
export const PIN = '73910264';
const milliseconds = (time: string) => Date.parse(time);

export const STANDARD: QrCode = {
  id: 'e0b5d2a7-13c9-4f68-a47d-9b6e0f81c352',
  secretDigest: digestHex('4c'.repeat(32)),
  startAt: milliseconds('2026-03-02T10:00:00Z'),
  expireAt: milliseconds('2027-03-02T10:00:00Z'),
  createdAt: milliseconds('2026-03-02T09:30:10Z'),
  lastUsedAt: null,
};
export const STANDARD_TEXT = `ms-qrpin:v1|${NOOR.userPrincipalName}|${STANDARD.id}|${'4c'.repeat(32)}`;

export const TEMPORARY: QrCode = {
  id: 'f3a86c10-7e2d-49b5-8c04-a61d5e9b0f73',
  secretDigest: digestHex('5c'.repeat(32)),
  startAt: milliseconds('2026-03-05T06:00:00Z'),
  expireAt: milliseconds('2026-03-05T16:00:00Z'),
  createdAt: milliseconds('2026-03-05T05:58:00Z'),
  lastUsedAt: null,
};
export const TEMPORARY_TEXT = `ms-qrpin:v1|${NOOR.userPrincipalName}|${TEMPORARY.id}|${'5c'.repeat(32)}`;

/** @param more what is other than usual; the PIN is `digits` and need not be changed */
export async function seedMethod(
  tenant: Tenant,
  more: Partial<QrMethod> = {},
  digits = PIN,
): Promise<QrMethod> {
  const pin = newPin(await hashPin(digits, FEW_ITERATIONS), {
    id: '64c1f98e-2b7a-4d50-91e3-d7a05b8c6f29',
    forceChange: false,
    createdAt: milliseconds('2026-03-02T09:30:10Z'),
    updatedAt: milliseconds('2026-03-03T06:12:40Z'),
  });
  const method: QrMethod = {
    id: NOOR.id,
    methodId: METHOD_ID,
    createdAt: milliseconds('2026-03-02T09:30:10Z'),
    lastUsedAt: null,
    standardQRCode: STANDARD,
    temporaryQRCode: null,
    pin,
    ...more,
  };
  qrMethods(tenant.app.state).save(method);
  return method;
}
