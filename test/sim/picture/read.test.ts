import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { readQrCodes } from '../../../host/provision/qr-code.ts';
import { encodeQr } from '../../../host/qr.ts';
import { qrCodePng } from '../../../sim/picture/qr-png.ts';
import { isPicture, readPicture } from '../../../sim/picture/read.ts';
import { refusalOf } from '../../host/provision/records.ts';

const ADDRESS = 'otpauth://totp/Lamp:helga?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const png = await qrCodePng(encodeQr(ADDRESS));
const { width, height, data } = PNG.sync.read(Buffer.from(png));

describe('a QR code comes back', () => {
  test('from PNG', () => {
    expect(isPicture(png)).toBe(true);
    expect(readQrCodes(readPicture(png))).toEqual([ADDRESS]);
  });

  test.each([90, 30, 10])('from JPEG of quality %i', (quality) => {
    const bytes = new Uint8Array(jpeg.encode({ width, height, data }, quality).data);
    expect(isPicture(bytes)).toBe(true);
    expect(readQrCodes(readPicture(bytes))).toEqual([ADDRESS]);
  });

  test('from PNG of grey or of colours, with transparency or without', () => {
    for (const colorType of [0, 2, 4, 6] as const) {
      const image = new PNG({ width, height });
      image.data.set(data);
      const bytes = new Uint8Array(PNG.sync.write(image, { colorType }));
      expect(readQrCodes(readPicture(bytes))).toEqual([ADDRESS]);
    }
  });
});

describe('a picture is refused', () => {
  test('that is cut off, wherever', async () => {
    const bytes = new Uint8Array(jpeg.encode({ width, height, data }, 50).data);
    for (const file of [png, bytes]) {
      for (const length of [8, 20, 40, Math.floor(file.length / 2)]) {
        const refusal = await refusalOf(() => readQrCodes(readPicture(file.subarray(0, length))));
        expect(['BAD_RECORD', 'NO_QR_CODE']).toContain(refusal.code);
      }
    }
  });

  test('that says to be larger than any camera makes, before it is unfolded', async () => {
    const huge = Uint8Array.from(png);
    new DataView(huge.buffer).setUint32(16, 60_000);
    new DataView(huge.buffer).setUint32(20, 60_000);
    expect((await refusalOf(() => readPicture(huge))).message).toContain('too large');
  });
});

test('text is no picture', () => {
  expect(isPicture(new TextEncoder().encode(ADDRESS))).toBe(false);
  expect(isPicture(new Uint8Array())).toBe(false);
});
