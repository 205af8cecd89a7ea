import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../../sim/server/index.ts';
import { codeOf, DEVICES, FREE, MY_METHODS, START, startSeconds } from './support.ts';

let folder: string;
let running: RunningServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-server-'));
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ port: 0, clock: new Date(START), ...options });
  running.push(server);
  return server;
}

async function send(
  server: RunningServer,
  token: string,
  method: string,
  path: string,
  body?: unknown,
) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const newDevice = {
  serialNumber: FREE.serialNumber,
  manufacturer: FREE.manufacturer,
  model: FREE.model,
  secretKey: FREE.secretKey,
  timeIntervalInSeconds: 30,
};
const activation = {
  serialNumber: FREE.serialNumber,
  verificationCode: codeOf(FREE, startSeconds),
};
const BY_SERIAL = `${MY_METHODS}/assignAndActivateBySerialNumber`;

describe('what keeps it from starting has a code and a hint', () => {
  const refusal = (options: Partial<ServerOptions>) =>
    start(options).then(
      () => 'started',
      (error) => {
        expect(error.hint).toMatch(/\w/);
        return error.code;
      },
    );

  test('a port in use', async () => {
    const first = await start();
    expect(await refusal({ port: Number(new URL(first.url).port) })).toBe('PORT_IN_USE');
  });

  test('a database that a failed start had opened is free again', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const database = join(folder, 'a.db');
    expect(await refusal({ port, database })).toBe('PORT_IN_USE');
    expect(await refusal({ database })).toBe('started');
    blocker.close();
  });

  test('an address that is not ours', async () => {
    expect(await refusal({ host: '192.0.2.1' })).toBe('HOST_UNKNOWN');
  });

  test('a database that another server has open', async () => {
    const database = join(folder, 'a.db');
    await start({ database });
    expect(await refusal({ database })).toBe('DATABASE_LOCKED');
  });

  test('a file that is no database', async () => {
    const database = join(folder, 'notes.txt');
    await writeFile(database, 'These are notes, and they are worth keeping. '.repeat(50));
    expect(await refusal({ database })).toBe('DATABASE_CORRUPT');
    expect(await readFile(database, 'utf8')).toMatch(/^These are notes/);
  });

  test('a database of some other program, which stays as it is', async () => {
    const database = join(folder, 'other.db');
    const other = new Database(database);
    other.exec('CREATE TABLE recipe (name text)');
    other.close();
    const before = await readFile(database);
    expect(await refusal({ database })).toBe('DATABASE_CORRUPT');
    expect(before.equals(await readFile(database))).toBe(true);
  });

  test('a database that was cut short', async () => {
    const database = join(folder, 'a.db');
    const server = await start({ database });
    await server.close();
    await truncate(database, Math.floor((await stat(database)).size / 2 / 4096) * 4096);
    expect(await refusal({ database })).toBe('DATABASE_CORRUPT');
  });

  test('a database with flipped bits in a page', async () => {
    const database = join(folder, 'a.db');
    const server = await start({ database });
    await server.close();
    const bytes = await readFile(database);
    for (let at = 4096; at < bytes.length; at += 512) bytes[at]! ^= 0xff;
    await writeFile(database, bytes);
    expect(await refusal({ database })).toBe('DATABASE_CORRUPT');
  });

  test('a folder that does not exist, a folder as the file, a server address', async () => {
    expect(await refusal({ database: join(folder, 'no', 'a.db') })).toBe('DATABASE_UNWRITABLE');
    expect(await refusal({ database: folder })).toBe('DATABASE_UNWRITABLE');
    expect(await refusal({ database: 'postgres://u:secret@db/x' })).toBe('DATABASE_UNSUPPORTED');
  });

  test('a database from a newer version', async () => {
    const database = join(folder, 'a.db');
    const server = await start({ database });
    await server.close();
    const raw = new Database(database);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(await refusal({ database })).toBe('DATABASE_TOO_NEW');
  });
});

describe('a running server', () => {
  test('two activations with one code in parallel: exactly one succeeds', async () => {
    const server = await start({ database: join(folder, 'a.db') });
    for (let round = 0; round < 10; round++) {
      const serialNumber = `RACE-${round}`;
      await send(server, server.accessToken, 'POST', DEVICES, { ...newDevice, serialNumber });
      const user = await send(server, server.accessToken, 'POST', '/_emulator/users', {
        userPrincipalName: `user${round}@lamplight.example`,
      });
      const path = `/beta/users/${user.body.id}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber`;
      const body = { ...activation, serialNumber };
      const replies = await Promise.all(
        Array.from({ length: 8 }, () => send(server, server.accessToken, 'POST', path, body)),
      );
      const statuses = replies.map(({ status }) => status).sort();
      expect(statuses).toEqual([204, 400, 400, 400, 400, 400, 400, 400]);
    }
  });

  test('goes on after a restart where it was, used codes included', async () => {
    const database = join(folder, 'a.db');
    const first = await start({ database });
    const token = first.accessToken;
    await send(first, token, 'POST', DEVICES, newDevice);
    await send(first, token, 'POST', BY_SERIAL, activation);
    const { body: before } = await send(first, token, 'GET', '/_emulator/devices');
    await first.close();

    const second = await startServer({ port: 0, database });
    running.push(second);
    expect(second.user).toEqual(first.user);
    expect((await send(second, token, 'GET', '/_emulator/devices')).body).toEqual(before);
    expect((await send(second, token, 'GET', '/_emulator/clock')).body.mode).toBe('fixed');
    const { body: log } = await send(second, token, 'GET', '/_emulator/log');
    expect(log.value.map((entry: { path: string }) => entry.path)).toContain(BY_SERIAL);
    await send(second, token, 'POST', `${MY_METHODS}/${before.value[0].id}/deactivate`);
    expect((await send(second, token, 'POST', BY_SERIAL, activation)).status).toBe(400);
  });

  test('keeps its database from other users of the machine', async () => {
    const database = join(folder, 'a.db');
    await start({ database });
    expect((await stat(database)).mode & 0o777).toBe(0o600);
  });

  test('a close lets the request in flight finish, and closing twice is closing once', async () => {
    const server = await start();
    const body = JSON.stringify({ userPrincipalName: 'late@lamplight.example' });
    let received = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    // The interim answer proves that the server has the request and waits for its body.
    const inFlight = new Promise((resolve) => {
      socket.on('data', (chunk) => {
        received += chunk;
        resolve(undefined);
      });
    });
    socket.write(
      `POST /_emulator/users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.accessToken}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await inFlight;
    const closed = Promise.all([server.close(), server.close()]);
    socket.write(body);
    await Promise.all([closed, ended]);
    expect(received).toMatch(/^HTTP\/1.1 100 .*HTTP\/1.1 201 /s);
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('https shows a certificate for localhost that was made for this start', async () => {
    const [first, second] = [await start({ https: true }), await start({ https: true })];
    expect(first.certificate).not.toBe(second.certificate);
    const status = await new Promise((resolve, reject) => {
      get(`${first.url}/livez`, { ca: first.certificate }, ({ statusCode }) =>
        resolve(statusCode),
      ).on('error', reject);
    });
    expect(status).toBe(200);
    await expect(
      new Promise((resolve, reject) => {
        get(`${first.url}/livez`, { ca: second.certificate }, resolve).on('error', reject);
      }),
    ).rejects.toThrow();
  });

  test('a body that ends early changes nothing and disturbs nobody', async () => {
    const server = await start();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const serverEnded = new Promise<void>((resolve) => {
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
    });
    socket.write(
      `POST ${DEVICES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.accessToken}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n',
    );
    await Promise.all([ended, serverEnded]);
    const { body } = await send(server, server.accessToken, 'GET', DEVICES);
    expect(body.value).toEqual([]);
  });

  test('a request that is hardly HTTP still gets an error object', async () => {
    const server = await start();
    const { port } = new URL(server.url);
    const text = await new Promise<string>((resolve) => {
      let received = '';
      connect(Number(port), '127.0.0.1')
        .on('data', (chunk) => {
          received += chunk;
        })
        .on('close', () => resolve(received))
        .end('GET /beta/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1.1 400/);
    expect(text).toContain('"code":"BadRequest"');
  });
});
