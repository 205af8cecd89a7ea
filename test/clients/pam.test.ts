/** A real verifier: pam_oath, through pamtester, with codes that ykman gets from the token. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCli } from '../cli/harness.ts';
import { Desk, demandPrograms } from './desk.ts';
import { DESK_MILLISECONDS, isIsolated } from './isolation.ts';
import { keyBytes, keyText, Ykman } from './ykman.ts';

const SERVICE = `oathfob-test-${process.pid}`;

let cli = '';
let desk: Desk;
let ykman: Ykman;
beforeAll(async () => {
  demandPrograms(['pcscd', 'ykman', 'opensc-tool', 'pamtester']);
  cli = await buildCli();
  desk = await Desk.withToken(cli, '--serial LMP-1');
  ykman = new Ykman(desk);
  const key = keyBytes('SHA1').toString('hex');
  const users = desk.write('users.oath', `HOTP helga - ${key}\nHOTP/T30 otto - ${key}\n`);
  await setUpService(
    `auth requisite pam_oath.so usersfile=${users} window=5 digits=6\naccount required pam_permit.so\n`,
  );
}, DESK_MILLISECONDS);
afterAll(async () => {
  if (!isIsolated) rmSync(`/etc/pam.d/${SERVICE}`, { force: true });
  await desk?.close();
  rmSync(dirname(cli), { recursive: true, force: true });
});

/** PAM's folder has no other place: the desk gets one of its own, where it can. */
async function setUpService(rules: string): Promise<void> {
  mkdirSync(desk.path('pam.d'));
  desk.write(`pam.d/${SERVICE}`, rules);
  const place = isIsolated
    ? ['mount', '--bind', desk.path('pam.d'), '/etc/pam.d']
    : ['cp', desk.path(`pam.d/${SERVICE}`), '/etc/pam.d'];
  await desk.demand(...place);
}

async function signsIn(user: string, code: string): Promise<boolean> {
  const { stdout, stderr, exitCode } = await desk.run(
    ['pamtester', SERVICE, user, 'authenticate'],
    `${code}\n`,
  );
  expect(stdout + stderr).toContain(`One-time password (OATH) for \`${user}':`);
  expect([0, 1]).toContain(exitCode);
  return exitCode === 0;
}

test('pam_oath accepts a code of the token once, and the next one', async () => {
  await ykman.oath('accounts', 'add', '-o', 'HOTP', 'helga', keyText('SHA1'));
  const first = await ykman.code('helga');
  expect(await signsIn('helga', first)).toBe(true);
  expect(await signsIn('helga', first)).toBe(false);
  expect(await signsIn('helga', await ykman.code('helga'))).toBe(true);
});

test('pam_oath accepts a code of the hour once', async () => {
  await ykman.oath('accounts', 'add', 'otto', keyText('SHA1'));
  const code = await ykman.code('otto');
  expect(await signsIn('otto', code)).toBe(true);
  expect(await signsIn('otto', code)).toBe(false);
});
