import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../host/provision/base64.ts';
import { decodeText } from '../../../host/provision/text.ts';
import { refusalOf } from './records.ts';

describe('the text of a file', () => {
  const text = 'upn,serial number\nHelgä,1';
  test('is UTF-8, with a byte order mark or without', () => {
    expect(decodeText(new TextEncoder().encode(text))).toBe(text);
    expect(decodeText(new TextEncoder().encode(`\ufeff${text}`))).toBe(text);
  });

  test('is UTF-16 where a byte order mark says so', () => {
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(decodeText(little)).toBe(text);
    expect(decodeText(Buffer.from(little).swap16())).toBe(text);
  });

  test('is refused in an encoding of old', async () => {
    const refusal = await refusalOf(() => decodeText(Buffer.from(text, 'latin1')));
    expect(refusal.message).toContain('UTF-8');
  });
});

describe('Base64', () => {
  test('comes back as it was, padded, bare, in lines, and in the letters of base64url', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        for (const spelling of [
          text,
          text.replace(/=/g, ''),
          ` ${text.replace(/(.{7})/g, '$1\n')} `,
          text.replaceAll('+', '-').replaceAll('/', '_'),
        ]) {
          expect(decodeBase64(spelling)).toEqual(bytes);
        }
      }),
    );
  });

  test.each(['A', 'AB=', 'AB===', 'A=B=', '=', 'AB*=', 'ABCDE'])('%s is none', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});
