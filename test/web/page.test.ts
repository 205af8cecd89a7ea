/** What the server does for the page, without a browser. */
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, it, test } from 'vitest';
import tokenPage from '#token-page';
import { addPage } from '../../sim/web/page.ts';
import { SESSION_PATH } from '../../sim/web/session-path.ts';

const ORIGIN = 'http://127.0.0.1:6284';

function pageServer(isLocal = true): Hono {
  const hono = new Hono();
  addPage(hono, { accessToken: 'the-bearer-token', isLocal });
  return hono;
}

describe('the bearer token', () => {
  const ask = (url: string, origin: string | null, isLocal = true) => {
    const headers: Record<string, string> = origin === null ? {} : { origin };
    return pageServer(isLocal).fetch(new Request(url, { method: 'POST', headers }));
  };

  it.each([ORIGIN, 'http://localhost:6284', 'https://[::1]:6284'])(
    'goes to the page itself, on this computer: %s',
    async (origin) => {
      const answer = await ask(origin + SESSION_PATH, origin);
      expect(await answer.json()).toEqual({ accessToken: 'the-bearer-token' });
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each([
    ['a page of another site', ORIGIN, 'https://evil.example', true],
    ['a name that was made to point here', 'http://evil.example', 'http://evil.example', true],
    ['a page of another port', ORIGIN, 'http://127.0.0.1:8080', true],
    ['a request of no page', ORIGIN, null, true],
    ['a page whose origin is hidden', ORIGIN, 'null', true],
    ['a server that others can reach', ORIGIN, ORIGIN, false],
  ])('does not go to %s', async (_, server, origin, isLocal) => {
    const answer = await ask(server + SESSION_PATH, origin, isLocal);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('the-bearer-token');
  });
});

test('nothing of the page lets anything in from elsewhere', async () => {
  for (const path of ['/', '/web/page.css', '/web/page.js', '/web/worker.js', '/web/scan.js']) {
    const { status, headers } = await pageServer().request(path);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'? *'unsafe|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect(tokenPage.html).not.toMatch(/<script(?![^>]*src=)|style=|https?:/);
});

test('the scripts, the firmware in them included, are at most 120 KB on the wire', () => {
  const { script, worker, scanWorker } = tokenPage;
  const sizes = [script, worker, scanWorker].map((text) => gzipSync(text).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(120_000);
});
