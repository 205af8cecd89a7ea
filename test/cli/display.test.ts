import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBase32 } from '../../host/base32.ts';
import { parseOtpauth } from '../../host/provision/otpauth.ts';
import { seededEntropy } from '../../sim/board/entropy.ts';
import { buildCli, Workshop } from './harness.ts';

let cli = '';
let workshop: Workshop;
beforeAll(async () => {
  cli = await buildCli();
  workshop = new Workshop(cli);
});
afterAll(() => {
  workshop.remove();
  rmSync(dirname(cli), { recursive: true, force: true });
});

const seconds = new Uint32Array(10);
seededEntropy(20260302)(new Uint8Array(seconds.buffer));

/** All hashes, digits and periods, at any time of 136 years. */
const TOKENS = Array.from(seconds, (at, index) => ({
  at,
  hash: ['sha1', 'sha256', 'sha512'][index % 3]!,
  digits: index % 2 === 0 ? 6 : 8,
  period: index % 4 < 2 ? 30 : 60,
}));

test.each(TOKENS)(
  'oathtool computes the code on the display: $hash, $digits digits, $period s, at $at',
  async ({ at, hash, digits, period }) => {
    const file = `${hash}-${at}`;
    const made = await workshop.run(
      `oathfob token new ${file} --serial T-${at} --at ${at} --hash ${hash} --digits ${digits} ` +
        `--period ${period} --record ${file}.uri --format otpauth && oathfob token code ${file} --at ${at}`,
    );
    expect(made.exitCode, made.stderr).toBe(0);
    const { secret } = parseOtpauth(readFileSync(workshop.path(`${file}.uri`), 'utf8').trim());
    const expected = execFileSync(
      'oathtool',
      [
        `--totp=${hash}`,
        '-b',
        `--digits=${digits}`,
        `--time-step-size=${period}`,
        `--now=@${at}`,
        '-',
      ],
      { input: encodeBase32(secret), encoding: 'utf8' },
    );
    expect(made.stdout.split('\n').at(-2)).toBe(expected.trim());
  },
);
