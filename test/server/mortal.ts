import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { buildChild, type Child, removeChild, startChild } from './child.ts';

/** A server for each test of the file, in a process that can be killed and started again. */
export function useMortalServer() {
  let folder: string;
  let database: string;
  let server: Child;
  /** Of the first start: a restart must know it still. */
  let token: string;

  beforeAll(buildChild);
  afterAll(removeChild);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oathfob-kill-'));
    database = join(folder, 'server.db');
    server = await startChild(database, true);
    token = server.accessToken;
  });
  afterEach(async () => {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    async killAndRestart(): Promise<void> {
      await server.kill();
      server = await startChild(database, false);
    },
    /** The parsed body of the answer; undefined when it has none. */
    async send(method: string, path: string, body?: unknown) {
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}
