/** The phone, the login page and the server in one process, anew for each test; time stands still. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import {
  IVO,
  NOOR,
  POLICY,
  SPARE,
  START,
  startSeconds,
  type Tenant,
  tenant,
} from '../server/support.ts';
import { testIo } from './io.ts';

export const ENDPOINT = 'http://localhost:8080';
let folder = '';
export let on: Tenant;
export const path = (name: string) => join(folder, name);
export const LOGIN = () => ['--endpoint', ENDPOINT, '--token', `@${path('ivo.token')}`];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-qr-'));
  on = tenant([]);
  writeFileSync(path('admin.token'), on.token);
  writeFileSync(path('seed'), SPARE.secretKey);
  writeFileSync(path('ivo.token'), on.tokenFor(IVO, ['UserAuthenticationMethod.ReadWrite']));
  writeFileSync(path('noor.token'), on.tokenFor(NOOR, []));
  await on.send('PATCH', POLICY, { state: 'enabled' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

export async function run(argv: readonly string[], stdin = '') {
  const { io, printed } = testIo({
    fetch: async (url, options) => on.app.fetch(new Request(url, options)),
    readStdin: async () => new TextEncoder().encode(stdin),
  });
  const exitCode = await runCli(argv, io);
  return { exitCode, ...printed };
}

export async function done(argv: readonly string[], stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv, stdin);
  expect(exitCode, stderr).toBe(ExitCode.DONE);
  return stdout;
}

/**
 * A token of Ivo's, activated with the code before the one of this moment. Of a random seed two of
 * the codes near by are the same now and then.
 */
export async function makeFob(): Promise<void> {
  const admin = ['--endpoint', ENDPOINT, '--token', `@${path('admin.token')}`];
  const at = ['--at', String(startSeconds - 30)];
  const made = ['--seed', `@${path('seed')}`, '--record', path('fob.json')];
  await done(['token', 'new', path('fob.img'), '--serial', 'LMP-1', ...made, ...at]);
  await done(['token', 'upload', path('fob.json'), ...admin]);
  await done(['token', 'activate', path('fob.img'), ...LOGIN(), '--user', 'me', ...at]);
}

interface Page {
  readonly qrcodeId: string;
  readonly picture: string;
  status(): Promise<string>;
}

/** A login page that shows its QR code. */
export async function openPage(attached: object = {}): Promise<Page> {
  const { body: console } = await on.send('GET', '/_emulator/authing');
  const headers = { 'x-authing-app-id': console.userPools[0].applications[0].id };
  const asked = { type: 'MOBILE_APP', ...attached };
  const { body } = await on.send('POST', '/api/v3/gene-qrcode', asked, headers);
  const { qrcodeId, url } = body.data;
  const picture = path(`${qrcodeId}.png`);
  const response = await on.app.fetch(new Request(url));
  writeFileSync(picture, new Uint8Array(await response.arrayBuffer()));
  const query = `/api/v3/get-qrcode-status?qrcodeId=${qrcodeId}`;
  return { qrcodeId, picture, status: async () => (await on.send('GET', query)).body.data.status };
}

export const confirm = (picture: string, ...options: string[]) =>
  run(['qr', 'confirm', picture, path('fob.img'), ...LOGIN(), '--at', START, ...options]);

const withFob = (verb: string, picture: string, options: readonly string[]) => [
  ...['qr', verb, picture, path('fob.img'), ...LOGIN(), '--at', START],
  ...options,
];
export const scanOnFob = (picture: string, ...options: string[]) =>
  withFob('scan', picture, options);
export const cancelOnFob = (picture: string, ...options: string[]) =>
  withFob('cancel', picture, options);
export const confirmOnFob = (picture: string, ...options: string[]) =>
  withFob('confirm', picture, options);

/** What the token's display shows after some keys. */
export async function display(...keys: string[]) {
  const at = ['--at', String(startSeconds + 60), '--json'];
  return JSON.parse(await done(['token', 'press', path('fob.img'), ...keys, ...at]));
}
export const shown = ({ qrText }: { qrText: string }) => JSON.parse(qrText).random;

export const PIN = () => ['--pin', `@${path('pin')}`];

/** Gives the token a PIN. */
export async function setPin(): Promise<void> {
  writeFileSync(path('pin'), '271828');
  writeFileSync(path('puk'), '16180339');
  const secrets = [...PIN(), '--puk', `@${path('puk')}`];
  await done(['token', 'pin', 'set', path('fob.img'), ...secrets, '--at', START]);
}
