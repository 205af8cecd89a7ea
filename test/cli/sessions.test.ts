import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../sim/server/index.ts';
import { buildCli, Workshop } from './harness.ts';
import { playSession } from './session.ts';

const FOLDER = new URL('sessions/', import.meta.url);
const HELGA = 'helga@lamp.example';

let cli = '';
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => rmSync(dirname(cli), { recursive: true, force: true }));

describe('a terminal session goes as written:', () => {
  for (const name of readdirSync(FOLDER)) {
    test.concurrent(name, { timeout: 240_000 }, async () => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      const clock = /^# server (\S+)/.exec(text)?.[1];
      const server = clock === undefined ? null : await startWithHelga(clock);
      const workshop = new Workshop(cli, server ? { ENDPOINT: `${server.url}/beta` } : {});
      if (server) {
        workshop.write('admin.token', server.accessToken);
        workshop.write('helga.token', server.helgaToken);
      }
      try {
        expect(await playSession(text, workshop)).not.toBe('');
      } finally {
        await server?.close();
        workshop.remove();
      }
    });
  }
});

/** A server at a standing time, with a user who may do what users may. */
async function startWithHelga(clock: string): Promise<RunningServer & { helgaToken: string }> {
  const server = await startServer({ port: 0, clock: new Date(clock) });
  const post = async (path: string, body: object) => {
    const response = await fetch(`${server.url}/_emulator${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${server.accessToken}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    return (await response.json()) as { accessToken: string };
  };
  await post('/users', { userPrincipalName: HELGA });
  const scopes = ['UserAuthenticationMethod.ReadWrite'];
  const { accessToken } = await post('/tokens', { user: HELGA, scopes });
  return { ...server, helgaToken: accessToken };
}
