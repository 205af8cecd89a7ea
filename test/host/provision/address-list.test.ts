import { describe, expect, test } from 'vitest';
import { decodeAddresses, looksLikeAddresses } from '../../../host/provision/address-list.ts';
import { encodeMigration } from '../../../host/provision/migration.ts';
import { refusalOf, SAMPLE, SECRET, SECRET_BYTES } from './records.ts';

const address = (account: string) => `otpauth://totp/Lamp:${account}?secret=${SECRET}&issuer=Lamp`;
const exported = (count: number, id = 5) =>
  encodeMigration(
    Array.from({ length: count }, (_, index) => ({ ...SAMPLE, account: `a${index}` })),
    id,
  );

describe('a list of addresses', () => {
  test('is read line by line, both kinds, with empty lines and any line end', () => {
    const text = `\ufeff${address('helga')}\r\n\r\n  ${address('otto')}  \r${exported(1)[0]}\n`;
    expect(looksLikeAddresses(text)).toBe(true);
    const { records, warnings } = decodeAddresses(text);
    expect(records.map(({ account }) => account)).toEqual(['helga', 'otto', 'a0']);
    expect(records.every(({ secret }) => Buffer.compare(secret, SECRET_BYTES) === 0)).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('takes the QR codes of an export in any order, and of several exports', () => {
    const [first, second, third] = exported(25);
    const text = [third, first, ...exported(3, 6), second].join('\n');
    expect(decodeAddresses(text).records).toHaveLength(28);
  });

  test('is nothing with prose or a seed in it', () => {
    expect(looksLikeAddresses(`${address('a')}\nand then`)).toBe(false);
    expect(looksLikeAddresses('')).toBe(false);
  });
});

describe('a list is refused, by line, with', () => {
  const [first, , third] = exported(25);
  test.each([
    [
      'an otpauth address that is wrong',
      `${address('a')}\n\notpauth://totp/a?secret=A1`,
      'line 3: otpauth address: secret',
    ],
    [
      'Steam, as its own type',
      `otpauth://steam/Steam:a?secret=${SECRET}`,
      "line 1: otpauth address: Steam's codes",
    ],
    [
      'Steam, as an encoder',
      `otpauth://totp/Steam:a?secret=${SECRET}&encoder=steam`,
      "Steam's codes",
    ],
    ['Steam, as an app', `steam://${SECRET}`, 'line 1: the address is of Steam'],
    [
      "Microsoft's own sign-in",
      'phonefactor://activate_account?code=1&url=x',
      'line 1: the address is a push sign-in',
    ],
    ['Mobile-OTP', `motp://a:b?secret=${SECRET}`, 'Mobile-OTP'],
    ['a page', `${address('a')}\nhttps://example.com/`, 'line 2: the address is neither'],
    [
      'an export that is wrong',
      'otpauth-migration://offline?data=*',
      'line 1: the data of the export',
    ],
    [
      'a QR code missing',
      `${third}\n${first}`,
      'of the 3 QR codes of the export, number 2 is missing',
    ],
    ['a QR code twice', `${first}\n${first}`, 'an address of the export is there twice'],
    ['exports that disagree', `${first}\n${exported(1)[0]}`, 'disagree on how many'],
  ])('%s', async (_, text, reason) => {
    expect((await refusalOf(() => decodeAddresses(text))).message).toContain(reason);
  });
});
