/**
 * Unmodified ykman drives the token: every OATH and OTP command that it has for such a token. Each
 * story has a desk of its own, and several go on at once.
 */
import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCli } from '../cli/harness.ts';
import { Desk, demandPrograms, READER, until } from './desk.ts';
import { DESK_MILLISECONDS } from './isolation.ts';
import { expectTimeBased, type Hash, keyBytes, keyText, oathtool, Ykman } from './ykman.ts';

const SHA1_KEY = keyText('SHA1');

let cli = '';
beforeAll(async () => {
  demandPrograms(['pcscd', 'ykman', 'oathtool', 'opensc-tool']);
  cli = await buildCli();
});
afterAll(() => rmSync(dirname(cli), { recursive: true, force: true }));

/** A story with a token of its own, which is empty but for its serial number. */
function story(
  name: string,
  options: string[],
  tell: (ykman: Ykman, desk: Desk) => Promise<void>,
): void {
  test.concurrent(name, { timeout: DESK_MILLISECONDS }, async () => {
    const desk = await Desk.withToken(cli, '--serial LMP-1', ...options);
    try {
      const ykman = new Ykman(desk);
      await ykman.oath('reset', '-f');
      await tell(ykman, desk);
    } finally {
      await desk.close();
    }
  });
}

describe('an account that needs a touch', () => {
  const add = (ykman: Ykman) => ykman.oath('accounts', 'add', '-t', 'touchy', SHA1_KEY);

  story('gives no code when nobody presses OK in time', ['--touch', 'never'], async (ykman) => {
    await add(ykman);
    const { stdout, stderr, exitCode } = await ykman.run('oath', 'accounts', 'code', 'touchy');
    expect(stderr).toContain('Touch account timed out!');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  });

  const LOGGED = ['--touch', 'auto', '--log', 'fob.log'];
  story(
    'gives its code when OK is pressed, and all of it can be repeated',
    LOGGED,
    async (ykman, desk) => {
      await add(ykman);
      await ykman.oath('accounts', 'add', 'other', SHA1_KEY);
      expect(await ykman.oath('accounts', 'code')).toContainEqual(
        expect.stringMatching(/^touchy +\[Requires Touch\]$/),
      );
      await expectTimeBased(desk, () => ykman.code('touchy'), 'SHA1');
      expect(await desk.token.stop('SIGTERM')).toBe(0);
      await desk.oathfob('apdu', 'replay', 'fob.log', 'before.img');
      expect(desk.read('before.img')).toEqual(desk.read('fob.img'));
    },
  );

  story('asks for Enter, and takes none for consent that came before', [], async (ykman, desk) => {
    await add(ykman);
    desk.token.type('');
    const isAsked = () => desk.token.printed().includes('Enter presses OK');
    await expectTimeBased(
      desk,
      async () => {
        const code = ykman.code('touchy');
        await until(isAsked, () => desk.logs);
        desk.token.type('');
        return code;
      },
      'SHA1',
    );
    expect(desk.token.printed()).toContain('touchy');
    expect(desk.token.printed()).toContain('the wait is over');
  });
});

describe('ykman', () => {
  story('finds the token, its serial number and its applets', [], async (ykman, desk) => {
    expect(await desk.demand('ykman', 'list', '--readers')).toContain(READER);
    const info = (await ykman.lines('info')).join('\n');
    expect(info).toMatch(/Serial number: \d+/);
    expect(info).toMatch(/OATH\s+Enabled/);
    const oath = (await ykman.oath('info')).join('\n');
    expect(oath).toMatch(/OATH version: 5\.\d\.\d\n/);
    expect(oath).toContain('Password protection: disabled');
  });

  story(
    'adds TOTP accounts with every hash, and their codes are oathtool’s',
    [],
    async (ykman, desk) => {
      const add = (...argv: string[]) => ykman.oath('accounts', 'add', ...argv);
      await add('one', SHA1_KEY);
      await add('-i', 'Lamp', '-a', 'SHA256', '-P', '60', 'two', keyText('SHA256'));
      await add('-a', 'SHA512', '-d', '8', 'three', keyText('SHA512'));
      await add('-d', '7', 'seven', SHA1_KEY);
      expect(await ykman.oath('accounts', 'list', '-o', '-P')).toEqual([
        '60/Lamp:two, TOTP, 60',
        'one, TOTP, 30',
        'seven, TOTP, 30',
        'three, TOTP, 30',
      ]);
      await expectTimeBased(desk, () => ykman.code('one'), 'SHA1');
      await expectTimeBased(desk, () => ykman.code('Lamp:two'), 'SHA256', '-s', '60s');
      await expectTimeBased(desk, () => ykman.code('three'), 'SHA512', '-d', '8');
      await expectTimeBased(desk, () => ykman.code('seven'), 'SHA1', '-d', '7');
      const all = await ykman.oath('accounts', 'code');
      expect(all.map((line) => line.replace(/\d{6,8}$/, (code) => `(${code.length})`))).toEqual([
        expect.stringMatching(/^60\/Lamp:two +\(6\)$/),
        expect.stringMatching(/^one +\(6\)$/),
        expect.stringMatching(/^seven +\(7\)$/),
        expect.stringMatching(/^three +\(8\)$/),
      ]);
    },
  );

  story(
    'adds HOTP accounts with every hash, and each code is the next one',
    [],
    async (ykman, desk) => {
      const hashes: readonly Hash[] = ['SHA1', 'SHA256', 'SHA512'];
      for (const hash of hashes) {
        await ykman.oath('accounts', 'add', '-o', 'HOTP', '-a', hash, hash, keyText(hash));
      }
      await ykman.oath('accounts', 'add', '-o', 'HOTP', '-c', '5', '-d', '8', 'five', SHA1_KEY);
      // oathtool has HOTP with SHA-1 only; the RFC's formula does for the others.
      expect(await ykman.code('SHA1')).toBe(await oathtool(desk, 'SHA1', '-c', '0'));
      expect(await ykman.code('SHA1')).toBe(await oathtool(desk, 'SHA1', '-c', '1'));
      expect(await ykman.code('five')).toBe(await oathtool(desk, 'SHA1', '-c', '5', '-d', '8'));
      for (const hash of ['SHA256', 'SHA512'] as const) {
        expect(await ykman.code(hash)).toBe(hotp(hash));
      }
      expect(await ykman.oath('accounts', 'code')).toContainEqual(
        expect.stringMatching(/^five +\[HOTP Account\]$/),
      );
    },
  );

  story('takes otpauth URIs', [], async (ykman, desk) => {
    const uri = (text: string) => ykman.oath('accounts', 'uri', text);
    await uri(`otpauth://totp/Lamp:helga?secret=${SHA1_KEY}&issuer=Lamp&digits=8&period=60`);
    await uri(`otpauth://hotp/otto?secret=${SHA1_KEY}&counter=9&algorithm=SHA1`);
    expect(await ykman.oath('accounts', 'list')).toEqual(['60/Lamp:helga', 'otto']);
    expect(await ykman.code('otto')).toBe(await oathtool(desk, 'SHA1', '-c', '9'));
    await expectTimeBased(desk, () => ykman.code('Lamp:helga'), 'SHA1', '-s', '60s', '-d', '8');
  });

  story('renames and deletes accounts', [], async (ykman, desk) => {
    await ykman.oath('accounts', 'add', '-o', 'HOTP', 'old', SHA1_KEY);
    await ykman.oath('accounts', 'add', 'other', SHA1_KEY);
    await ykman.code('old');
    await ykman.oath('accounts', 'rename', '-f', 'old', 'Lamp:new');
    expect(await ykman.oath('accounts', 'list')).toEqual(['Lamp:new', 'other']);
    expect(await ykman.code('Lamp:new')).toBe(await oathtool(desk, 'SHA1', '-c', '1'));
    await ykman.oath('accounts', 'delete', '-f', 'other');
    expect(await ykman.oath('accounts', 'list')).toEqual(['Lamp:new']);
    expect((await ykman.oath('accounts', 'delete', '-f', 'other')).join()).toContain('No matches');
  });

  story('asks for the password, and tells a wrong one', [], async (ykman) => {
    const list = ['accounts', 'list'];
    await ykman.oath('accounts', 'add', 'one', SHA1_KEY);
    await ykman.oath('access', 'change', '-n', 'open');
    expect((await ykman.oath('info')).join()).toContain('Password protection: enabled');
    const wrong = await ykman.run('oath', ...list, '-p', 'shut');
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain('Wrong password?');
    expect(await ykman.oath(...list, '-p', 'open')).toEqual(['one']);
    await ykman.oath('access', 'change', '-p', 'open', '-n', 'sesame');
    expect((await ykman.run('oath', ...list, '-p', 'open')).exitCode).toBe(1);
    await ykman.oath('access', 'remember', '-p', 'sesame');
    expect(await ykman.oath(...list)).toEqual(['one']);
    await ykman.oath('access', 'forget');
    expect((await ykman.run('oath', ...list)).exitCode).toBe(1);
    await ykman.oath('access', 'change', '-p', 'sesame', '-c');
    expect(await ykman.oath(...list)).toEqual(['one']);
    await ykman.oath('access', 'change', '-n', 'lost');
    await ykman.oath('reset', '-f');
    expect(await ykman.oath(...list)).toEqual([]);
  });

  story(
    'fills the token with 32 accounts of long names, and is refused the 33rd',
    [],
    async (ykman, desk) => {
      const name = (index: number) => `account-${index}-`.padEnd(64, 'x');
      const puts = Array.from({ length: 31 }, (_, index) => putTotp(name(index)));
      const script = ['00A4040007A0000005272101', ...puts].join('\n');
      const printed = await desk.demand(
        ...['scriptor', '-r', READER, desk.write('puts', `${script}\n`)],
      );
      expect(printed.match(/^< 90 00 : Normal processing/gm)).toHaveLength(31);
      await ykman.oath('accounts', 'add', name(31), SHA1_KEY);
      const { stderr, exitCode } = await ykman.run('oath', 'accounts', 'add', 'last', SHA1_KEY);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('No space left on the YubiKey for OATH accounts.');
      const names = Array.from({ length: 32 }, (_, index) => name(index)).sort();
      expect((await ykman.oath('accounts', 'list')).sort()).toEqual(names);
      const codes = (await ykman.oath('accounts', 'code')).map((line) => line.split(/ +/)[1]);
      expect(new Set(codes).size).toBeLessThanOrEqual(2);
      expect(codes).toHaveLength(32);
    },
  );

  story('programs the OTP slots, and gets their answers', [], async (ykman) => {
    const key = keyBytes('SHA1').toString('hex');
    const status = async () => (await ykman.lines('otp', 'info')).join(', ');
    expect(await status()).toBe('Slot 1: empty, Slot 2: empty');
    await ykman.lines('otp', 'chalresp', '-f', '2', key);
    const challenge = '6c616d70';
    const expected = createHmac('sha1', keyBytes('SHA1')).update(challenge, 'hex').digest('hex');
    expect(await ykman.lines('otp', 'calculate', '2', challenge)).toEqual([expected]);
    await ykman.lines('otp', 'hotp', '-f', '1', SHA1_KEY);
    expect(await status()).toBe('Slot 1: programmed, Slot 2: programmed');
    await ykman.lines('otp', 'delete', '-f', '1');
    expect(await status()).toBe('Slot 1: empty, Slot 2: programmed');
  });
});

/** PUT of a TOTP account with SHA-1 (YKOATH), in hex. */
function putTotp(name: string): string {
  const tlv = (tag: number, value: Buffer) => Buffer.concat([Buffer.of(tag, value.length), value]);
  const key = Buffer.concat([Buffer.of(0x21, 6), keyBytes('SHA1')]);
  const data = Buffer.concat([tlv(0x71, Buffer.from(name)), tlv(0x73, key)]);
  return Buffer.concat([Buffer.of(0, 1, 0, 0, data.length), data])
    .toString('hex')
    .toUpperCase();
}

/** The code of counter 0, six digits (RFC 4226 §5.3). */
function hotp(hash: Hash): string {
  const mac = createHmac(hash.toLowerCase(), keyBytes(hash)).update(Buffer.alloc(8)).digest();
  const binary = mac.readUInt32BE(mac.at(-1)! & 0x0f) & 0x7fff_ffff;
  return String(binary % 1_000_000).padStart(6, '0');
}
