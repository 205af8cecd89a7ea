import { expect, test } from 'vitest';
import * as authing from './authing/support.ts';
import {
  assignedTo,
  codeOf,
  NOOR,
  NOORS,
  POLICY,
  SPARE,
  startSeconds,
  type Tenant,
  tenant,
} from './support.ts';

/** Headers now, the body when somebody lets it go: what a request is judged by is its end. */

const ACTIVE = { ...NOORS, state: assignedTo(NOOR, { status: 'activated' }) };

interface Held {
  /** Lets the body go. @returns the answer to it */
  release(): Promise<Response>;
}

async function hold(on: Tenant, path: string, body: object, headers: object = {}): Promise<Held> {
  let release = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      release = () => {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(body)));
        controller.close();
      };
    },
  });
  const init = {
    method: 'POST',
    headers: {
      authorization: `Bearer ${on.token}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: stream,
    duplex: 'half',
  };
  const answer = Promise.resolve(on.app.fetch(new Request(`http://localhost:8080${path}`, init)));
  // Headers are looked at in this turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return {
    release: () => {
      release();
      return answer;
    },
  };
}

test('a code that comes 100 s after its headers is one of 100 s ago', async () => {
  const on = tenant([SPARE, ACTIVE]);
  await on.send('PATCH', POLICY, { state: 'enabled' });
  const body = { serialNumber: ACTIVE.serialNumber, code: codeOf(ACTIVE, startSeconds) };
  const held = await hold(on, '/_emulator/sign-in', body);
  on.app.clock.advance(100_000);
  expect(await (await held.release()).json()).toMatchObject({ reason: 'wrongCode' });
  const { body: log } = await on.send('GET', '/_emulator/log?limit=1');
  expect(log.value[0].time).toBe('2026-03-02T09:31:50.000Z');
});

test('a photograph does not stay good for as long as a socket stays open', async () => {
  const on = tenant([ACTIVE]);
  await on.send('PATCH', POLICY, { state: 'enabled' });
  const step = Math.floor(startSeconds / 30);
  const body = { serialNumber: ACTIVE.serialNumber, code: codeOf(ACTIVE, startSeconds), step };
  const held = await hold(on, '/_emulator/sign-in', body);
  on.app.clock.advance(30_000);
  expect(await (await held.release()).json()).toMatchObject({ reason: 'otherStep' });
});

test('a confirmation comes too late though its headers did not', async () => {
  const on = await authing.authingTenant();
  await authing.bringTo(on, 'SCANNED');
  const body = { qrcodeId: authing.QR_ID, action: 'CONFIRM' };
  const held = await hold(on, '/api/v3/set-qrcode-status', body, authing.asAda);
  on.app.clock.advance(120_000);
  expect(await (await held.release()).json()).toMatchObject({ message: 'QR code has expired' });
});
