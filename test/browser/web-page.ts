/** A server with the page, and a browser that is looking at it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { type RunningServer, startServer } from '../../sim/server/index.ts';
import { addPage } from '../../sim/web/page.ts';

/** Less than a test has, which so says what it waited for. */
const PATIENCE = 50_000;
const CHROMIUM = '/usr/bin/chromium';
const POLICY =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/hardwareOath';
/** Ten seconds into a step, and into a minute. */
export const START = new Date('2026-03-02T09:30:10Z');

/** The browser itself notes each answer with such a status, whatever the page makes of it. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4/;
/** How the page marks what is part of a flow, unlike looks of its own (sim/web/server/client.ts). */
const OF_FLOW = /^(?!look\.)./;

export function launch(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...flags] });
}

/** @param clock  a moment at which the server's time stands, or `real` */
export async function serveThePage(clock: Date | 'real' = START, port = 0): Promise<RunningServer> {
  const server = await startServer({ port, clock });
  addPage(server.app.hono, { accessToken: server.accessToken, isLocal: true });
  const headers = {
    authorization: `Bearer ${server.accessToken}`,
    'content-type': 'application/json',
  };
  const body = '{"state":"enabled"}';
  const request = new Request(server.url + POLICY, { method: 'PATCH', headers, body });
  const { status } = await server.app.fetch(request);
  expect(status).toBe(204);
  return server;
}

/** A tab, with what a person with the developer tools open would see in red. */
export interface Tab {
  readonly page: Page;
  readonly complaints: string[];
  /** Complaints of this kind are kept apart from now on, whenever they come. */
  expecting(kind: RegExp): readonly string[];
  /** Requests of the page's flows that were refused: `404 /path`. */
  readonly refusals: string[];
  readonly hosts: Set<string>;
}

export async function openTab(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Tab> {
  // A page that glides to its verdict moves what is to be clicked next from under the mouse.
  const settings = { locale: 'en-GB', reducedMotion: 'reduce', ...options } as const;
  const page = await (await browser.newContext(settings)).newPage();
  page.setDefaultTimeout(PATIENCE);
  const { complaints, complain, expecting } = listen();
  const refusals: string[] = [];
  const hosts = new Set<string>();
  const fetched = new Set<string>();
  page.on('console', (message) => {
    // Those of what a script has asked for are looked at as responses.
    const isKnown = REFUSAL.test(message.text()) && fetched.has(message.location().url);
    if (message.type() !== 'log' && !isKnown) complain(message.text());
  });
  page.on('pageerror', (error) => complain(error.message));
  page.on('response', (response) => {
    const status = response.status();
    // The console has the 5xx.
    if (status < 400 || status >= 500) return;
    const refusal = `${status} ${new URL(response.url()).pathname}`;
    const mark = response.request().headers()['client-request-id'] ?? '';
    // Flows ask for refusals, and show them; the page itself asks for nothing that it may not have.
    if (OF_FLOW.test(mark)) refusals.push(refusal);
    else complain(refusal);
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (host !== '' && protocol !== 'blob:') hosts.add(host);
    if (request.resourceType() === 'fetch') fetched.add(request.url());
  });
  await page.goto(url);
  return { page, complaints, expecting, refusals, hosts };
}

function listen() {
  const complaints: string[] = [];
  const expected: { readonly kind: RegExp; readonly seen: string[] }[] = [];
  return {
    complaints,
    complain(text: string): void {
      const { seen } = expected.find(({ kind }) => kind.test(text)) ?? { seen: complaints };
      seen.push(text);
    },
    expecting(kind: RegExp): readonly string[] {
      const seen: string[] = [];
      expected.push({ kind, seen });
      return seen;
    },
  };
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Chooses one of the dialects of the server. */
export async function openPanel(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** Waits until nothing is being done any more: a flow may go on after its verdict. */
export async function atRest(page: Page): Promise<void> {
  await page.locator('main[data-busy=false]').waitFor();
}

/** What came of the last thing that was tried. */
export const verdictOf = (page: Page) => page.getByRole('status');

/** What the display says to a screen reader. */
export const said = (page: Page) => page.locator('[data-display-text]');

/** The code on the display, once it shows one. */
export async function codeShown(page: Page): Promise<string> {
  await page
    .getByText(/, \d{3} \d{3}, /)
    .first()
    .waitFor({ state: 'attached' });
  const [, first, second] = /, (\d{3}) (\d{3}), /.exec((await said(page).textContent())!)!;
  return `${first}${second}`;
}

/** Makes a token; its serial number. */
export async function makeToken(page: Page, name = 'Make a token'): Promise<string> {
  const before = await page.locator('.small-fob').count();
  await button(page, name).click();
  await page.locator('.small-fob').nth(before).waitFor();
  return (await page.locator('.small-fob[aria-pressed=true]').textContent())!;
}

/** Lends a folder of its own to a test. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-page-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** All rules of axe-core, on the light page and the dark one; its own policy keeps no test from looking. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const violations = await page.evaluate(async () => {
      const results = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return results.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
    });
    expect(violations, colorScheme).toEqual([]);
  }
}
