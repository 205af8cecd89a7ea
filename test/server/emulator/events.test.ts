/** The log as it is written: who may hear it, what is in it, and when it ends. */
import { describe, expect, test } from 'vitest';
import { startServer } from '../../../sim/server/index.ts';
import { readEvents } from '../../../sim/web/server/events.ts';
import { DEVICES, NOOR, tenant, withoutIds } from '../support.ts';

const PATH = '/_emulator/events';

/** Listens while something is done; the data of the events until there were so many. */
async function heard(
  on: ReturnType<typeof tenant>,
  count: number,
  act: () => Promise<unknown>,
): Promise<{ entries: Record<string, unknown>[]; text: string }> {
  const response = await on.app.fetch(
    new Request(`http://127.0.0.1${PATH}`, { headers: { authorization: `Bearer ${on.token}` } }),
  );
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const stream = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const texts: string[] = [];
  const enough = new Promise<void>((resolve) => {
    readEvents(stream, (data) => {
      texts.push(data);
      if (texts.length === count) resolve();
    });
  });
  await act();
  await enough;
  on.app.events.close();
  return { entries: texts.map((text) => JSON.parse(text)), text: texts.join('\n') };
}

describe('a listener', () => {
  test('hears of every request as the log has it, its own listening apart', async () => {
    const on = tenant();
    const { entries } = await heard(on, 2, async () => {
      await on.send('GET', DEVICES);
      await on.send('POST', '/_emulator/sign-in', { user: 'nobody', code: '000000' });
    });
    const logged = (await on.send('GET', '/_emulator/log')).body.value;
    expect(entries).toEqual(logged);
    expect(entries.map(({ path }) => path)).toEqual([DEVICES, '/_emulator/sign-in']);
  });

  test('hears no seed, no PIN, no code and no token', async () => {
    const on = tenant();
    const secrets = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '50928371', '31415926', '123456'];
    const { text } = await heard(on, 4, async () => {
      const token = await on.send('POST', '/_emulator/tokens', { user: NOOR.id, scopes: [] });
      secrets.push(token.body.accessToken);
      await on.send('POST', DEVICES, { serialNumber: 'X-1', secretKey: secrets[0] });
      await on.send('POST', '/sign-in/qr', { qrCode: 'a|b', pin: secrets[1], newPin: secrets[2] });
      await on.send('POST', '/_emulator/sign-in', { user: NOOR.id, code: secrets[3] });
    });
    for (const secret of secrets) expect(withoutIds(text)).not.toContain(secret);
    expect(text).toContain('[redacted]');
  });

  test('who does not read is let go, and nothing piles up', async () => {
    const on = tenant();
    const response = await on.app.fetch(
      new Request(`http://127.0.0.1${PATH}`, { headers: { authorization: `Bearer ${on.token}` } }),
    );
    for (let sent = 0; sent < 300; sent++) await on.send('GET', DEVICES);
    let events = 0;
    const stream = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
    await readEvents(stream, () => {
      events += 1;
    });
    expect(events).toBeGreaterThan(200);
    expect(events).toBeLessThan(257);
  });
});

describe('nobody hears anything', () => {
  test.each([
    ['without a bearer token', {}, 401],
    ['with one of another kind', { authorization: 'Bearer wrong' }, 401],
  ])('%s', async (_, headers, status) => {
    const response = await tenant().app.fetch(new Request(`http://127.0.0.1${PATH}`, { headers }));
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).not.toContain('event-stream');
  });

  test('who may not control the emulator', async () => {
    const on = tenant();
    const { body } = await on.send('POST', '/_emulator/tokens', { user: NOOR.id, scopes: [] });
    const headers = { authorization: `Bearer ${body.accessToken}` };
    const response = await on.app.fetch(new Request(`http://127.0.0.1${PATH}`, { headers }));
    expect(response.status).toBe(403);
  });
});

test('a server that closes does not wait for its listeners', async () => {
  const server = await startServer({ port: 0 });
  const headers = { authorization: `Bearer ${server.accessToken}` };
  const response = await fetch(server.url + PATH, { headers });
  const stream = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const ended = readEvents(stream, () => {});
  await server.close();
  await ended;
});
