/** The static site on a host that knows nothing but files, and a browser that has been there. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll } from 'vitest';
import type { OpenScene } from './scene.ts';
import { button, openTab } from './web-page.ts';

/** Below a folder, as project pages are on hosts of many. */
const FOLDER = '/pages/of/somebody/';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
};

/** Builds the site into a folder, as `npm run build:site` does. */
export async function buildSite(root: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/site.js', root]);
}

/** A folder with the site, for the tests of one file. */
export async function builtSite(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'oathfob-site-'));
  await buildSite(root);
  afterAll(() => rm(root, { recursive: true }));
  return root;
}

export interface StaticHost {
  readonly url: string;
  /** Paths that were asked for, below the folder. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function hostFiles(root: string): Promise<StaticHost> {
  const asked: string[] = [];
  const server = createServer(async ({ method, url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname.startsWith(FOLDER) ? pathname.slice(FOLDER.length) : '..';
    asked.push(path);
    const file = join(root, path === '' ? 'index.html' : path);
    const bytes =
      file.startsWith(root) && method === 'GET' && (await readFile(file).catch(() => null));
    response.writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
    response.end(bytes || 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${FOLDER}`, asked, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** One request of the page to its server, with the page's bearer token. */
export function request(page: Page, method: string, path: string, body?: object) {
  return page.evaluate(
    async ({ method, path, body }) => {
      const session = await fetch('web/session', { method: 'POST' });
      const { accessToken } = await session.json();
      const headers = {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
      };
      const response = await fetch(path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    { method, path, body },
  );
}

/** A first visit; then there is no network any more, and nobody to talk to if there were. */
export const visitThenGoOffline =
  (root: string): OpenScene =>
  async (browser, clock) => {
    const host = await hostFiles(root);
    const tab = await openTab(browser, host.url);
    const { page } = tab;
    await button(page, 'Make a token').waitFor();
    if (clock !== 'real') {
      await request(page, 'PUT', '_emulator/clock', { mode: 'fixed', time: clock.toISOString() });
    }
    await host.close();
    await page.context().setOffline(true);
    await page.reload();
    return {
      tab,
      url: host.url,
      now: async () => Date.parse((await request(page, 'GET', '_emulator/clock')).body.time),
      close: () => page.context().close(),
    };
  };
