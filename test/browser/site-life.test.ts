/** What only a site has to stand: workers that end, versions that follow each other, storage that fails. */
import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildSite, hostFiles, request, type StaticHost } from './site.ts';
import { button, codeShown, launch, makeToken, openTab, START, type Tab } from './web-page.ts';

const DEVICES = '/beta/directory/authenticationMethodDevices/hardwareOathDevices';
const startSeconds = START.getTime() / 1000;

let browser: Browser;
let built: string;
let root: string;
let host: StaticHost;
let tab: Tab;
let page: Page;
let developer: CDPSession;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'oathfob-site-'));
  await buildSite(built);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await rm(built, { recursive: true });
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'oathfob-host-'));
  await cp(built, root, { recursive: true });
  host = await hostFiles(root);
});
afterEach(async () => {
  await page?.context().close();
  await host.close();
  await rm(root, { recursive: true });
  expect(tab.complaints).toEqual([]);
  expect([...tab.hosts]).toEqual([new URL(host.url).host]);
});

/** What the browser notes, a while after the page knows. */
const SERVICE_NOT_AVAILABLE = /^Failed to load resource: [^,]* status of 503 \(\)$/;

/** A worker that was started anew knows no bearer token; the page hears it, and asks for another. */
const TOKEN_LOST = /^401 .*\/_emulator\/\w+$/;

/** Enough for the files of the site and a few large records. */
const ROOM_BYTES = 4_000_000;

/**
 * @param quotaSize  bytes that the site may keep, where the browser's own limit is too far away
 * @param complaint  of the browser, where the test is about it
 */
async function visit(quotaSize?: number, complaint?: RegExp): Promise<void> {
  tab = await openTab(browser, 'about:blank');
  page = tab.page;
  if (complaint) tab.expecting(complaint);
  developer = await page.context().newCDPSession(page);
  const { origin } = new URL(host.url);
  if (quotaSize !== undefined) {
    await developer.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  }
  await page.goto(host.url);
  await button(page, 'Make a token').waitFor();
}

const send = (method: string, path: string, body?: object) =>
  request(page, method, path.slice(1), body);
const verdict = () => page.getByRole('status');

/** The end that a browser gives a worker whenever it likes. */
async function stopWorkers(): Promise<void> {
  tab.expecting(TOKEN_LOST);
  await developer.send('ServiceWorker.enable');
  await developer.send('ServiceWorker.stopAllWorkers');
}

const byName = (left: { userPrincipalName: string }, right: { userPrincipalName: string }) =>
  left.userPrincipalName < right.userPrincipalName ? -1 : 1;

const device = (serialNumber: string) => ({
  serialNumber,
  manufacturer: 'Lamplight',
  model: 'Pebble T1',
  secretKey: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  timeIntervalInSeconds: 30,
  hashFunction: 'hmacsha1',
});

describe('a worker that is stopped', () => {
  test('in the middle of a flow goes on with it, and remembers used codes', async () => {
    await visit();
    await send('PUT', '/_emulator/clock', { mode: 'fixed', time: startSeconds });
    await page.reload();
    await makeToken(page);
    const code = await codeShown(page);
    await button(page, 'Upload record').click();
    await page.getByText('201', { exact: true }).waitFor();
    await stopWorkers();
    await button(page, 'Activate').click();
    await verdict().getByText('Activated').waitFor();
    await stopWorkers();
    await page.getByLabel('Code', { exact: true }).fill(code);
    await button(page, 'Sign in').click();
    await verdict().getByText('Refused').waitFor();
    await page.getByText('"reason": "codeAlreadyUsed"').waitFor();
    await stopWorkers();
    await button(page, 'Next code').click();
    await page.getByText('09:30:30').waitFor();
    await button(page, 'Sign in').click();
    await verdict().getByText('Signed in').waitFor();
  });

  test('finds everything as it was: people, devices, settings, records, log, all in order', async () => {
    await visit();
    const look = async () => {
      const paths = ['users', 'tokens', 'devices', 'settings', 'clock', 'authing', 'mim-cm'];
      const answers = [];
      for (const path of paths) answers.push((await send('GET', `/_emulator/${path}`)).body);
      // Every server lists people by name once it has been started anew.
      answers[0].value.sort(byName);
      return answers;
    };
    await send('PUT', '/_emulator/clock', { mode: 'fixed', time: startSeconds });
    await send('PATCH', '/_emulator/settings', { attemptCap: 3 });
    for (const name of ['c', 'a', 'b']) {
      await send('POST', '/_emulator/users', { userPrincipalName: `${name}@lamp.example` });
      await send('POST', '/_emulator/authing/user-pools', { name });
      expect((await send('POST', DEVICES, device(`LMP-${name}`))).status).toBe(201);
    }
    const { value } = (await send('GET', DEVICES)).body;
    expect((await send('DELETE', `${DEVICES}/${value[2].id}`)).status).toBe(204);
    // The change after it is answered when both are kept: a log is written behind.
    const log = (await send('GET', '/_emulator/log')).body.value;
    await send('PATCH', `${DEVICES}/${value[0].id}`, { displayName: 'On the desk' });
    const before = await look();
    await stopWorkers();
    expect((await send('GET', '/_emulator/log')).body.value.slice(0, log.length)).toEqual(log);
    expect(await look()).toEqual(before);
    expect(before[2].value.map((each: { serialNumber: string }) => each.serialNumber)).toEqual([
      'LMP-c',
      'LMP-a',
    ]);
    // A sequence that was given is never given again.
    await send('POST', DEVICES, device('LMP-d'));
    const next = (await send('GET', `${DEVICES}?$top=2`)).body;
    expect(next['@odata.nextLink']).toMatch(/skiptoken=p2$/);
  });

  test('has not done half of a reset', async () => {
    await visit();
    await send('POST', DEVICES, device('LMP-1'));
    expect((await send('POST', '/_emulator/reset')).status).toBe(204);
    await stopWorkers();
    expect((await send('GET', '/_emulator/devices')).body.value).toEqual([]);
    expect((await send('GET', '/_emulator/authing')).body.userPools).toHaveLength(1);
    expect((await send('POST', DEVICES, device('LMP-1'))).status).toBe(201);
  });
});

describe('a new version', () => {
  test('takes over, open pages go on with it, and are new when they are reloaded', async () => {
    await visit();
    await makeToken(page);
    await button(page, 'Upload record').click();
    await page.getByText('201', { exact: true }).waitFor();
    await publishAnotherVersion();
    tab.expecting(TOKEN_LOST);
    await page.evaluate(async () => {
      const taken = new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve);
      });
      await (await navigator.serviceWorker.ready).update();
      await taken;
    });
    await button(page, 'Activate').click();
    await verdict().getByText('Activated').waitFor();
    expect(await page.title()).not.toContain('another version');
    await host.close();
    await page.reload();
    await button(page, 'New token').waitFor();
    const description = page.locator('meta[name=description]');
    expect(await description.getAttribute('content')).toBe('another version');
    expect((await send('GET', '/_emulator/devices')).body.value).toHaveLength(1);
  });

  test('that is there in part only is left until it is whole', async () => {
    await visit();
    await publishAnotherVersion();
    const index = await readFile(join(root, 'index.html'), 'utf8');
    await writeFile(join(root, 'index.html'), index.replace('another', 'a third'));
    const state = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const state = new Promise((resolve) => {
        registration.addEventListener('updatefound', () => {
          const worker = registration.installing!;
          worker.addEventListener('statechange', () => resolve(worker.state));
        });
      });
      await registration.update().catch(() => {});
      return state;
    });
    expect(state).toBe('redundant');
    expect((await send('GET', '/_emulator/clock')).status).toBe(200);
  });

  /** The same page with another description, its files in a folder of another name. */
  async function publishAnotherVersion(): Promise<void> {
    const [folder] = (await readdir(root)).filter((name) => name.startsWith('page-'));
    const other = `page-${'0'.repeat(16)}`;
    await rename(join(root, folder!), join(root, other));
    const page = await readFile(join(root, 'index.html'), 'utf8');
    const renamed = page.replaceAll(folder!, other);
    const changed = renamed.replace(/(name="description" content=)"[^"]*"/, '$1"another version"');
    await writeFile(join(root, 'index.html'), changed);
    const server = await readFile(join(root, 'server.js'), 'utf8');
    const replaced = server.replaceAll(folder!, other).replace(sha256(page), sha256(changed));
    await writeFile(join(root, 'server.js'), replaced);
  }
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a browser', () => {
  test('that has no room left says so, loses nothing, and goes on when there is room', async () => {
    await visit(ROOM_BYTES);
    const refused = tab.expecting(SERVICE_NOT_AVAILABLE);
    // Databases pack what repeats itself.
    const groupIds = Array.from({ length: 20_000 }, () => randomUUID());
    const save = (name: string) =>
      send('POST', '/_emulator/users', { userPrincipalName: `${name}@lamp.example`, groupIds });
    const names = async () =>
      (await send('GET', '/_emulator/users')).body.value.map(
        (user: { userPrincipalName: string }) => user.userPrincipalName.split('@')[0],
      );
    const ready = () => page.evaluate(() => fetch('readyz').then(({ status }) => status));
    const saved = ['admin'];
    let answer = await save('0');
    while (answer.status === 201) {
      saved.push(String(saved.length - 1));
      answer = await save(String(saved.length - 1));
    }
    expect(answer.status).toBe(503);
    expect(answer.body.error.code).toBe('serviceNotAvailable');
    expect(await ready()).toBe(503);
    expect(await names()).toEqual(saved);
    await stopWorkers();
    expect(await names()).toEqual(expect.arrayContaining(saved));
    const { origin } = new URL(host.url);
    await developer.send('Storage.overrideQuotaForOrigin', { origin });
    expect((await save('new')).status).toBe(201);
    expect(await ready()).toBe(200);
    await expect.poll(() => refused.length).toBeGreaterThan(1);
  });

  test('whose data are cleared has a new server, which the page finds', async () => {
    await visit();
    await makeToken(page);
    await button(page, 'Upload record').click();
    await page.getByText('201', { exact: true }).waitFor();
    tab.expecting(TOKEN_LOST);
    const { origin } = new URL(host.url);
    await developer.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await expect.poll(async () => (await send('GET', '/_emulator/devices')).body.value).toEqual([]);
    await button(page, 'Next code').click();
    await page.getByText('The server cannot be reached.').waitFor({ state: 'detached' });
  });

  test('that holds what a newer version has saved leaves it alone', async () => {
    await visit();
    await send('POST', DEVICES, device('LMP-1'));
    // The page asks again and again.
    const refused = tab.expecting(SERVICE_NOT_AVAILABLE);
    const versionOf = (version?: number) =>
      page.evaluate(async (wanted) => {
        const [{ name }] = (await indexedDB.databases()) as [{ name: string }];
        const opening = indexedDB.open(name, wanted);
        await new Promise((resolve) => opening.addEventListener('success', resolve));
        const { version } = opening.result;
        opening.result.close();
        return version;
      }, version);
    expect(await versionOf(2)).toBe(2);
    await page.reload();
    await page.getByText('The server cannot be reached.').waitFor();
    expect(await versionOf()).toBe(2);
    await expect.poll(() => refused.length).toBeGreaterThan(0);
  });

  test('that passes by the worker is caught up with', async () => {
    await visit();
    await developer.send('Page.reload', { ignoreCache: true });
    await button(page, 'Make a token').waitFor();
    await expect
      .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
      .toBe(true);
    await makeToken(page);
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
  });

  test('that cannot get all files has a token without a server', async () => {
    await rm(join(root, 'server.js'));
    await visit(undefined, /\(404\) was received when fetching the script|^404 .*\/web\/session$/);
    await makeToken(page);
    await page.getByText('The server cannot be reached.').waitFor();
    await codeShown(page);
  });

  test('with two tabs has one server, and of two that use a code at once one is let in', async () => {
    await visit();
    await send('PUT', '/_emulator/clock', { mode: 'fixed', time: startSeconds });
    await page.reload();
    await makeToken(page);
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
    const other = await page.context().newPage();
    await other.goto(host.url);
    await other.getByRole('alert').getByText('in use in another tab').waitFor();
    const used = await codeShown(page);
    await button(page, 'Next code').click();
    await expect.poll(() => codeShown(page)).not.toBe(used);
    const { value } = (await request(other, 'GET', '_emulator/devices')).body;
    const body = { serialNumber: value[0].serialNumber, code: await codeShown(page) };
    const verdicts = await Promise.all(
      [page, other].map((each) => request(each, 'POST', '_emulator/sign-in', body)),
    );
    expect(verdicts.map((each) => each.body.accepted).sort()).toEqual([false, true]);
  });
});

describe('the server of a site', () => {
  test('gives its bearer token to its pages, and to no form of another site', async () => {
    await visit();
    const session = `${host.url}web/session`;
    const other = await page.context().newPage();
    await other.setContent(`<form method="post" action="${session}"><button>Send</button></form>`);
    await button(other, 'Send').click();
    await other.waitForURL(session);
    const text = (await other.textContent('body'))!;
    expect(JSON.parse(text).error.code).toBe('InvalidAuthenticationToken');
    expect(text).not.toContain('accessToken');
  });

  test('is there for its folder only, not for the rest of the host', async () => {
    await visit();
    const other = await page.context().newPage();
    await other.goto(new URL('/pages/', host.url).href);
    const before = host.asked.length;
    const status = await other.evaluate(
      async (session) => (await fetch(session, { method: 'POST' })).status,
      `${host.url}web/session`,
    );
    expect(status).toBe(404);
    // The browser asks for the icon of such a page whenever it likes.
    expect(host.asked.slice(before).filter((path) => path !== '..')).toEqual(['web/session']);
  });

  test('says where it is, folder and all', async () => {
    await visit();
    const devices = (await send('GET', DEVICES)).body;
    expect(devices['@odata.context']).toMatch(host.url);
    await page.goto(`${host.url}sign-in/qr`);
    await page.getByRole('heading', { name: 'Sign in with a QR code' }).waitFor();
    await button(page, 'Scan with the camera').waitFor();
  });

  test('is not offered to a terminal, which cannot find it', async () => {
    await visit();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await makeToken(page);
    await button(page, 'Upload record').click();
    await button(page, 'Copy as curl').click();
    await button(page, 'Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("'http://127.0.0.1:6284/beta/");
  });
});
