/** A browser that keeps nothing for the page, or has no room left: the page works, and says so. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  atRest,
  button,
  codeShown,
  launch,
  makeToken,
  openTab,
  serveThePage,
  verdictOf,
  withFolder,
} from './web-page.ts';

/** What Chromium keeps of its settings page: no site may store anything. */
const NO_STORAGE = { profile: { default_content_setting_values: { cookies: 2 } } };

async function browserWithoutStorage(folder: string): Promise<BrowserContext> {
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(NO_STORAGE));
  const executablePath = '/usr/bin/chromium';
  return chromium.launchPersistentContext(folder, {
    executablePath,
    args: ['--no-sandbox'],
    locale: 'en-GB',
  });
}

async function expectInMemory(page: Page): Promise<void> {
  await makeToken(page);
  await codeShown(page);
  await page.getByText('This browser keeps nothing for this page').waitFor();
}

test('a page that may store nothing keeps tokens in memory', async () => {
  const server = await serveThePage();
  await withFolder(async (folder) => {
    const context = await browserWithoutStorage(folder);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(server.url);
      expect(await page.evaluate(() => typeof globalThis.localStorage).catch(() => 'denied')).toBe(
        'denied',
      );
      await expectInMemory(page);
      await makeToken(page, 'New token');
      await button(page, 'Do it all').click();
      await verdictOf(page).getByText('✓ Signed in').waitFor();
      await page.getByLabel('Language').selectOption('de');
      await button(page, 'Neuer Token').waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  });
  await server.close();
});

test('a page of another computer, without https, works with a token that is pasted', async () => {
  const server = await serveThePage();
  const browser = await launch(['--host-resolver-rules=MAP bench.example 127.0.0.1']);
  try {
    const url = server.url.replace('127.0.0.1', 'bench.example');
    const { page, complaints } = await openTab(browser, url);
    expect(await page.evaluate(() => globalThis.isSecureContext)).toBe(false);
    await page.getByLabel('Bearer token').fill(server.accessToken);
    await button(page, 'Connect').click();
    await page.getByRole('tablist').waitFor();
    await expectInMemory(page);
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText('✓ Signed in').waitFor();
    await button(page, 'Turn over').click();
    await page.getByText('computed on https and on localhost only').waitFor();
    // Of a header that is for https only, which the browser says once.
    const others = complaints.filter((each) => !each.includes('Cross-Origin-Opener-Policy'));
    // It asks once, and is told to ask the person.
    expect(others).toEqual(['403 /web/session']);
  } finally {
    await browser.close();
    await server.close();
  }
});

test('a browser without room makes no token, and says why', async () => {
  const server = await serveThePage();
  const browser = await launch();
  try {
    const { page, complaints } = await openTab(browser, server.url);
    await button(page, 'Make a token').waitFor();
    const devtools = await page.context().newCDPSession(page);
    const quotaOf = (quotaSize?: number) =>
      devtools.send('Storage.overrideQuotaForOrigin', {
        origin: server.url,
        ...(quotaSize !== undefined && { quotaSize }),
      });
    await quotaOf(8_000);
    await button(page, 'Make a token').click();
    await page.getByRole('alert').getByText('The browser has no room').waitFor();
    await atRest(page);
    expect(await page.locator('.small-fob').count()).toBe(0);
    await quotaOf();
    await makeToken(page);
    await codeShown(page);
    expect(await page.getByRole('alert').filter({ hasText: 'room' }).count()).toBe(0);
    await quotaOf(1);
    await button(page, '30 s faster').click();
    await page.getByRole('alert').getByText('The browser has no room').waitFor();
    expect(await page.locator('.setting output').first().textContent()).toBe('exact');
    await button(page, 'OK').click();
    await page.getByRole('alert').filter({ hasText: 'room' }).waitFor({ state: 'detached' });
    await button(page, 'New token').click();
    await page.getByRole('alert').getByText('The browser has no room').waitFor();
    await atRest(page);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
  }
});
