/** What others do to the server appears on the page, at once and without its secrets. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../sim/cli/run.ts';
import type { RunningServer } from '../../sim/server/index.ts';
import { testIo } from '../cli/io.ts';
import {
  button,
  codeShown,
  launch,
  makeToken,
  openPanel,
  openTab,
  serveThePage,
  type Tab,
  verdictOf,
  withFolder,
} from './web-page.ts';

let browser: Browser;
let server: RunningServer;
let tab: Tab;
let page: Page;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  server = await serveThePage();
  tab = await openTab(browser, server.url);
  page = tab.page;
  await makeToken(page);
});

afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

/** Whether the page is looked at; a browser without windows shows all of them. */
async function look(isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/** Somebody tries to sign in, and is refused. */
async function strangerActs(): Promise<void> {
  await server.app.fetch(new Request(`${server.url}/sign-in/qr`, { method: 'POST' }));
}

/** The command line, in the hands of the server's administrator. */
async function command(folder: string, ...argv: string[]): Promise<void> {
  const token = join(folder, 'token');
  await writeFile(token, server.accessToken);
  const { io, printed } = testIo();
  const options = ['--endpoint', server.url, '--token', `@${token}`];
  expect(await runCli([...argv, ...options], io), printed.stderr).toBe(0);
}

const stranger = () => page.locator('.stranger');

test('the command line scans the QR code of the page, and the page says by whom', async () => {
  await openPanel(page, 'Authing');
  await button(page, 'Show QR code').click();
  const picture = page.getByRole('img', { name: 'QR code of the login' });
  const source = (await picture.getAttribute('src'))!;
  await withFolder(async (folder) => {
    const path = join(folder, 'code.png');
    await writeFile(path, Buffer.from(source.slice(source.indexOf(',') + 1), 'base64'));
    await command(folder, 'qr', 'scan', path);
  });
  await page.getByText('Scanned by Administrator. Confirm on the phone.').waitFor();
  await stranger().getByText('somebody else: admin').waitFor();
});

test('another tab signs in, and this one sees it without the code', async () => {
  const other = await openTab(browser, server.url);
  await makeToken(other.page);
  const code = await codeShown(other.page);
  await button(other.page, 'Do it all').click();
  await verdictOf(other.page).getByText('Signed in').waitFor();
  await page.locator('summary').filter({ hasText: '/_emulator/sign-in' }).waitFor();
  expect(await stranger().count()).toBeGreaterThan(2);
  // Six digits in a row of a serial number may be the same.
  expect(await page.locator('.exchanges').textContent()).not.toMatch(
    new RegExp(`(?<!\\w)${code}(?!\\w)`),
  );
  expect(await page.locator('.exchanges').textContent()).toContain('[redacted]');
  // Looks of a page are no news to another one.
  expect(await page.locator('summary').filter({ hasText: 'GET' }).count()).toBe(0);
  await other.page.context().close();
});

test('another tab moves the time, and this one goes with it', async () => {
  const other = await openTab(browser, server.url);
  await makeToken(other.page);
  await codeShown(other.page);
  await button(other.page, 'Next code').click();
  await page.getByText('09:30:30').waitFor();
  await other.page.context().close();
});

test('a server that was started anew is heard again', async () => {
  const port = Number(new URL(server.url).port);
  // The new one knows neither the bearer token nor, until it is there, the page's request.
  const refused = tab.expecting(/^401 \/_emulator\/events$|net::ERR_/);
  await server.close();
  server = await serveThePage(undefined, port);
  await expect
    .poll(
      async () => {
        await strangerActs();
        return stranger().count();
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBeGreaterThan(0);
  expect(refused).toContain('401 /_emulator/events');
});

test('a network that was gone for a moment is back when it is back', async () => {
  const { page: own } = tab;
  const broken = tab.expecting(/net::ERR_INTERNET_DISCONNECTED/);
  await own.context().setOffline(true);
  await button(own, 'Upload record').click();
  await own.getByText('The server cannot be reached.').waitFor();
  await own.context().setOffline(false);
  await button(own, 'Upload record').click();
  await verdictOf(own).getByText('✓ Uploaded').waitFor();
  expect(broken).not.toEqual([]);
});

test('what the server knew, it knows when it is back, and the time is the same', async () => {
  await button(page, 'Upload record').click();
  await button(page, 'Activate').click();
  await verdictOf(page).getByText('✓ Activated').waitFor();
  const broken = tab.expecting(/net::ERR_INTERNET_DISCONNECTED/);
  await page.context().setOffline(true);
  await button(page, 'Sign in').click();
  await page.getByText('The server cannot be reached.').waitFor();
  await button(page, 'Next code').click();
  await page.getByText('09:30:30').waitFor();
  await page.context().setOffline(false);
  await button(page, 'Sign in').click();
  await verdictOf(page).getByText('✓ Signed in').waitFor();
  expect(server.app.clock.now()).toBe(Date.parse('2026-03-02T09:30:30Z'));
  expect(broken).not.toEqual([]);
});

test('a server that was started anew with another time has the page go by it', async () => {
  const port = Number(new URL(server.url).port);
  tab.expecting(/^401 \/_emulator\/events$|net::ERR_/);
  await server.close();
  server = await serveThePage(new Date('2026-03-02T12:00:00Z'), port);
  await page.getByText('12:00:00').waitFor();
});

test('a page that nobody looks at has no line, and reads what it has missed', async () => {
  await strangerActs();
  await stranger().first().waitFor();
  const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
  await look(true);
  await ended;
  await strangerActs();
  await look(false);
  await expect.poll(() => stranger().count()).toBe(2);
  await strangerActs();
  await expect.poll(() => stranger().count()).toBe(3);
});
