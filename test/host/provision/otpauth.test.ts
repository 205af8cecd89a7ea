import { describe, expect, test } from 'vitest';
import {
  formatOtpauth,
  type OtpauthParameters,
  parseOtpauth,
} from '../../../host/provision/otpauth.ts';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const BYTES = new TextEncoder().encode('12345678901234567890');

describe('parseOtpauth', () => {
  test('fills in the defaults of the format', () => {
    expect(parseOtpauth(`otpauth://totp/ada@example.com?secret=${SECRET}`)).toEqual({
      type: 'totp',
      issuer: undefined,
      account: 'ada@example.com',
      secret: BYTES,
      hash: 'SHA1',
      digits: 6,
      period: 30,
      counter: undefined,
    });
  });

  test('reads every parameter, escapes included', () => {
    const address =
      `OTPAUTH://HOTP/Big%20Co%3A%20ada%2Blove?secret=${SECRET.toLowerCase()}` +
      '&issuer=Big+Co&algorithm=sha512&digits=8&period=60&counter=18446744073709551615&image=x';
    expect(parseOtpauth(address)).toEqual({
      type: 'hotp',
      issuer: 'Big Co',
      account: 'ada+love',
      secret: BYTES,
      hash: 'SHA512',
      digits: 8,
      period: 60,
      counter: 2n ** 64n - 1n,
    });
  });

  test('takes the issuer from the label when there is no parameter', () => {
    expect(parseOtpauth(`otpauth://totp/Acme:ada?secret=${SECRET}`).issuer).toBe('Acme');
    expect(parseOtpauth(`otpauth://totp/Acme:ada?secret=${SECRET}&issuer=B`).issuer).toBe('B');
  });

  test.each(['SHA-256', 'HmacSHA256', 'sha256', 'HMAC-SHA-256'])('knows %s as SHA256', (name) => {
    expect(parseOtpauth(`otpauth://totp/a?secret=${SECRET}&algorithm=${name}`).hash).toBe('SHA256');
  });

  const refusals: [string, RegExp][] = [
    ['https://example.com/?secret=AAAA', /expected otpauth:\/\//],
    [`otpauth://totp?secret=${SECRET}`, /expected otpauth:\/\//],
    [`otpauth://motp/a?secret=${SECRET}`, /type: expected totp or hotp/],
    ['otpauth://totp/a?issuer=b', /secret: missing/],
    ['otpauth://totp/a?secret=', /secret: missing/],
    ['otpauth://totp/a?secret=GEZDGNB1', /secret: Base32: expected A-Z and 2-7/],
    ['otpauth://totp/a?secret=====', /secret: missing/],
    [`otpauth://totp/?secret=${SECRET}`, /label: the account name is missing/],
    [`otpauth://totp/Acme:?secret=${SECRET}`, /label: the account name is missing/],
    [`otpauth://totp/%E0%A4?secret=${SECRET}`, /label: a % is not followed/],
    [`otpauth://totp/a?secret=${SECRET}&algorithm=MD5`, /algorithm: expected SHA1/],
    [`otpauth://totp/a?secret=${SECRET}&digits=5`, /digits: expected an integer 6\.\.8/],
    [`otpauth://totp/a?secret=${SECRET}&digits=six`, /digits: expected an integer/],
    [`otpauth://totp/a?secret=${SECRET}&period=0`, /period: expected an integer 1\.\.3600/],
    [`otpauth://totp/a?secret=${SECRET}&period=3601`, /period: expected an integer/],
    [`otpauth://totp/a?secret=${SECRET}&period=30.5`, /period: expected an integer/],
    [`otpauth://hotp/a?secret=${SECRET}`, /counter: missing/],
    [`otpauth://hotp/a?secret=${SECRET}&counter=-1`, /counter: expected an integer/],
    [`otpauth://hotp/a?secret=${SECRET}&counter=18446744073709551616`, /counter: expected/],
    [`otpauth://totp/a?secret=${SECRET}&secret=AAAA`, /secret: given more than once/],
  ];
  test.each(refusals)('refuses %s', (address, reason) => {
    expect(() => parseOtpauth(address)).toThrow(RangeError);
    expect(() => parseOtpauth(address)).toThrow(reason);
    expect(() => parseOtpauth(address)).not.toThrow(new RegExp(SECRET));
  });

  test('refuses what is not a string as a TypeError', () => {
    expect(() => parseOtpauth(undefined as never)).toThrow(TypeError);
  });
});

describe('formatOtpauth', () => {
  const token: OtpauthParameters = {
    type: 'totp',
    issuer: 'Big & Co',
    account: 'ada lovelace',
    secret: BYTES,
    hash: 'SHA256',
    digits: 8,
    period: 60,
  };

  test('spells out every parameter and escapes what needs it', () => {
    expect(formatOtpauth(token)).toBe(
      `otpauth://totp/Big%20%26%20Co:ada%20lovelace?secret=${SECRET}` +
        '&issuer=Big%20%26%20Co&algorithm=SHA256&digits=8&period=60',
    );
  });

  test('writes what parseOtpauth reads back', () => {
    expect(parseOtpauth(formatOtpauth(token))).toEqual({ ...token, counter: undefined });
    const counting: OtpauthParameters = { ...token, type: 'hotp', period: 30, counter: 7n };
    expect(parseOtpauth(formatOtpauth(counting))).toEqual(counting);
  });

  test('refuses values that could not be read back', () => {
    expect(() => formatOtpauth({ ...token, account: 'a:b' })).toThrow(/label: a colon/);
    expect(() => formatOtpauth({ ...token, account: ' ' })).toThrow(/account name is missing/);
    expect(() => formatOtpauth({ ...token, period: 0 })).toThrow(/period/);
    expect(() => formatOtpauth({ ...token, secret: new Uint8Array() })).toThrow(/secret: missing/);
  });
});
