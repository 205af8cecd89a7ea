/** The files of the static site, without a browser. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DOCUMENT_POLICY } from '../../sim/web/policy.ts';
import { buildSite } from '../browser/site.ts';

let root: string;
let paths: string[];
const read = (path: string) => readFile(join(root, path), 'utf8');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'oathfob-site-'));
  await buildSite(root);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
});
afterAll(() => rm(root, { recursive: true }));

test('but for the page and its worker, each is in a folder named by what is in it', () => {
  const named = paths.filter((path) => /^page-[0-9a-f]{16}\/[\w-]+\.(?:js|css)$/.test(path));
  expect(paths.filter((path) => !named.includes(path)).sort()).toEqual(['index.html', 'server.js']);
  expect(new Set(named.map((path) => path.split('/')[0])).size).toBe(1);
});

test('the same sources make the same files', async () => {
  const again = await mkdtemp(join(tmpdir(), 'oathfob-site-'));
  await buildSite(again);
  for (const path of paths)
    expect(await readFile(join(again, path), 'utf8')).toBe(await read(path));
  await rm(again, { recursive: true });
});

test('the page says what it may do before it does anything, and asks no other place', async () => {
  const page = await read('index.html');
  const policy = `<meta http-equiv="Content-Security-Policy" content="${DOCUMENT_POLICY}">`;
  expect(page.indexOf(policy)).toBeGreaterThan(0);
  expect(page.indexOf(policy)).toBeLessThan(page.indexOf('<link'));
  expect(page.indexOf(policy)).toBeLessThan(page.indexOf('<script'));
  expect(page).not.toMatch(/<script(?![^>]*src=)|style=|(?:src|href)="(?:https?:|\/)/);
  expect(DOCUMENT_POLICY).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
});

test('the scripts of the page are at most 120 KB on the wire, its server at most 160 KB', async () => {
  const sizeOf = async (path: string) => gzipSync(await read(path)).length;
  const scripts = paths.filter((path) => path.startsWith('page-') && path.endsWith('.js'));
  const sizes = await Promise.all(scripts.map(sizeOf));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(120_000);
  expect(await sizeOf('server.js')).toBeLessThanOrEqual(160_000);
});
