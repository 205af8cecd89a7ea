import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildCli, Workshop } from './harness.ts';

let cli = '';
let workshop: Workshop;
const children: ChildProcess[] = [];
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => rmSync(dirname(cli), { recursive: true, force: true }));
beforeEach(() => {
  workshop = new Workshop(cli);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  workshop.remove();
});

interface Serving {
  readonly ready: {
    url: string;
    page: string | null;
    endpoint: string;
    control: string;
    signInPage: string;
    authing: string;
    mimCm: string;
    tokenPath: string;
    certificatePath: string | null;
    user: { userPrincipalName: string };
  };
  readonly printed: () => string;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `oathfob serve` and waits for the object that says where it listens. */
function serve(...options: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--json', ...options], {
    cwd: workshop.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(stderr)));
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (!stdout.endsWith('\n')) return;
      const stop = (signal: NodeJS.Signals) => {
        child.kill(signal);
        return exited;
      };
      resolve({ ready: JSON.parse(stdout), printed: () => stdout + stderr, stop });
    });
  });
}

const bearer = (serving: Serving) =>
  readFileSync(workshop.path(serving.ready.tokenPath), 'utf8').trim();

function control(serving: Serving, path: string, options: RequestInit = {}): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${bearer(serving)}`,
    'Content-Type': 'application/json',
  };
  return fetch(`${serving.ready.url}/_emulator${path}`, { ...options, headers });
}

const POLICY =
  'policies/authenticationMethodsPolicy/authenticationMethodConfigurations/hardwareOath';

describe('serve', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('ends with exit code 0 on %s', async (signal) => {
    const serving = await serve();
    expect(serving.ready).toMatchObject({ schema: 'oathfob.serve/1', database: 'oathfob.db' });
    expect((await control(serving, '/users')).status).toBe(200);
    expect(await serving.stop(signal)).toBe(0);
  });

  test('says where each dialect lives, and each answers there', async () => {
    const { ready, stop } = await serve('--database', ':memory:');
    const addresses = [
      ['the inventory', `${ready.endpoint}/directory/authenticationMethodDevices`, 401],
      ['the page', ready.signInPage, 200],
      ['the key set', `${ready.authing}/oidc/.well-known/jwks.json`, 200],
      ['templates', `${ready.mimCm}/profiletemplates`, 401],
      ['the door', `${ready.control}/users`, 401],
    ] as const;
    for (const [name, address, status] of addresses) {
      expect([name, (await fetch(address)).status]).toEqual([name, status]);
    }
    await stop('SIGTERM');
  });

  test('puts the bearer token in a private file, prints it nowhere, and takes it away', async () => {
    const serving = await serve();
    const path = workshop.path(serving.ready.tokenPath);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(workshop.path('oathfob.db')).mode & 0o777).toBe(0o600);
    expect(serving.printed()).not.toContain(bearer(serving));
    await serving.stop('SIGTERM');
    expect(existsSync(path)).toBe(false);
  });

  test.each(['enabled', 'disabled'] as const)(
    'makes a database with the method %s',
    async (state) => {
      const serving = await serve('--database', `${state}.db`, '--policy', state);
      const { endpoint } = serving.ready;
      const response = await fetch(`${endpoint}/${POLICY}`, {
        headers: { authorization: `Bearer ${bearer(serving)}` },
      });
      expect(await response.json()).toMatchObject({ state });
      await serving.stop('SIGTERM');
      const again = await serve('--database', `${state}.db`);
      const kept = await fetch(`${again.ready.endpoint}/${POLICY}`, {
        headers: { authorization: `Bearer ${bearer(again)}` },
      });
      expect(await kept.json()).toMatchObject({ state });
      await again.stop('SIGTERM');
    },
  );

  test('knows after a restart what it knew before', async () => {
    const first = await serve('--database', 'tenant.db');
    const user = { userPrincipalName: 'helga@lamp.example' };
    const created = await control(first, '/users', { method: 'POST', body: JSON.stringify(user) });
    expect(created.status).toBe(201);
    await first.stop('SIGINT');
    const second = await serve('--database', 'tenant.db');
    const { value } = (await (await control(second, '/users')).json()) as { value: object[] };
    expect(value).toContainEqual(expect.objectContaining(user));
    await second.stop('SIGINT');
  });

  test('shows the page with the token, and gives it a way in', async () => {
    const { ready } = await serve('--database', ':memory:');
    expect(ready.page).toBe(`${ready.url}/`);
    expect(await (await fetch(ready.page!)).text()).toContain('src="web/page.js"');
    const headers = { origin: ready.url };
    const session = await fetch(`${ready.page}web/session`, { method: 'POST', headers });
    const { accessToken } = (await session.json()) as { accessToken: string };
    const answer = await fetch(`${ready.control}/clock`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(answer.status).toBe(200);
  });

  test('without the page gives nobody a way in', async () => {
    const { ready } = await serve('--database', ':memory:', '--page', 'off');
    expect(ready.page).toBeNull();
    const headers = { origin: ready.url };
    const session = await fetch(`${ready.url}/web/session`, { method: 'POST', headers });
    expect(session.status).not.toBe(200);
  });

  test('stops its clock where it is told to', async () => {
    const serving = await serve('--database', ':memory:', '--clock', '2026-03-02T09:30:10Z');
    expect(existsSync(workshop.path('oathfob.db'))).toBe(false);
    const headers = {
      Authorization: `Bearer ${readFileSync(serving.ready.tokenPath, 'utf8').trim()}`,
    };
    const answer = await fetch(`${serving.ready.url}/_emulator/clock`, { headers });
    expect(await answer.json()).toEqual({ mode: 'fixed', time: '2026-03-02T09:30:10.000Z' });
    await serving.stop('SIGINT');
    expect(existsSync(dirname(serving.ready.tokenPath))).toBe(false);
  });

  test('over https takes tokens from a client that trusts its certificate, and only then', async () => {
    const { ready, stop } = await serve('--https');
    expect(ready.endpoint).toMatch(/^https:\/\/localhost:\d+\/beta$/);
    const upload = `oathfob token upload fob.json --endpoint ${ready.endpoint} --token @${ready.tokenPath}`;
    await workshop.run('oathfob token new fob.img --serial LMP-1 --record fob.json');
    const trusting = await workshop.run(`${upload} --ca ${ready.certificatePath}`);
    expect(trusting.stdout, trusting.stderr).toMatch(/^LMP-1 {2}available {2}/);
    const wary = await workshop.run(upload);
    expect(wary.exitCode).toBe(1);
    expect(wary.stderr).toContain("hint: trust the server's own certificate with --ca FILE");
    const activated = await workshop.run(
      `oathfob token activate fob.img --endpoint ${ready.endpoint} --token @${ready.tokenPath} ` +
        `--ca ${ready.certificatePath} --user me --json`,
    );
    expect(JSON.parse(activated.stdout)).toMatchObject({ serialNumber: 'LMP-1', user: 'me' });
    await stop('SIGINT');
  });
});

describe('serve refuses', () => {
  test('a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { stderr, exitCode } = await workshop.run(`oathfob serve --port ${port}`);
    other.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error: the port is in use: 127.0.0.1:${port}\nhint: `);
    expect(existsSync(workshop.path('oathfob.db.token'))).toBe(false);
  });

  test('a database that another server holds, which goes on undisturbed', async () => {
    const first = await serve();
    const { stderr, exitCode } = await workshop.run('oathfob serve --port 0');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: the database is in use by another process');
    expect((await control(first, '/users')).status).toBe(200);
    await first.stop('SIGINT');
  });

  test('a file that is no database, and leaves it as it is', async () => {
    workshop.write('notes.txt', 'not a database, and dear to somebody\n'.repeat(100));
    const { stderr, exitCode } = await workshop.run('oathfob serve --port 0 --database notes.txt');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('error: the file is damaged or is not an oathfob database');
    expect(readFileSync(workshop.path('notes.txt'), 'utf8')).toContain('dear to somebody');
  });

  test.each([
    ['--port 65536', '--port is a number 0 to 65535'],
    ['--port x', '--port is a number 0 to 65535'],
    ['--clock noon', '--clock is not a time'],
    ['--database postgres://db', 'only a file or :memory: can be the database'],
    ['--port 0 --host 203.0.113.7', 'this machine has no such address'],
  ])('%s', async (options, message) => {
    const { stderr, exitCode } = await workshop.run(`oathfob serve ${options}`);
    expect(stderr).toContain(`error: ${message}`);
    expect(exitCode).toBe(2);
  });
});
