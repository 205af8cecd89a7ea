import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildChild, type Child, removeChild, startChild } from '../child.ts';
import { failing } from '../failing.ts';
import { START } from '../support.ts';
import { openConsole } from './console.ts';
import * as support from './support.ts';

beforeAll(buildChild);
afterAll(removeChild);

test('a kill between any two steps of a login loses nothing, and a used ticket stays used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-qr-kill-'));
  const database = join(folder, 'server.db');
  let server: Child = await startChild(database, true);
  try {
    const desk = await openConsole(server);
    const authorization = await desk.loginOf('helga@lamp.example');
    const headers = {
      'x-authing-app-id': desk.application.id,
      'content-type': 'application/json',
      authorization,
    };
    const send = async (method: string, path: string, body?: object) => {
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(`${server.url}${path}`, init);
      const answer = JSON.parse(await response.text());
      await server.kill();
      server = await startChild(database, false);
      return answer;
    };
    const made = await send('POST', '/api/v3/gene-qrcode', { type: 'MOBILE_APP' });
    const { qrcodeId } = made.data;
    const act = (action: string) => send('POST', '/api/v3/set-qrcode-status', { qrcodeId, action });
    const poll = () => send('GET', `/api/v3/get-qrcode-status?qrcodeId=${qrcodeId}`);
    const exchange = (ticket: string) =>
      send('POST', '/api/v3/exchange-tokenset-with-qrcode-ticket', { ticket });
    expect((await act('SCAN')).statusCode).toBe(200);
    expect((await poll()).data.status).toBe('SCANNED');
    expect((await act('CONFIRM')).statusCode).toBe(200);
    const { ticket } = (await poll()).data;
    const { data: tokens } = await exchange(ticket);
    expect(await exchange(ticket)).toMatchObject({ statusCode: 422 });
    expect((await poll()).data).not.toHaveProperty('ticket');
    const keys = await send('GET', '/oidc/.well-known/jwks.json');
    expect(keys.keys).toHaveLength(1);
    const { payload } = await jwtVerify(tokens.id_token, createLocalJWKSet(keys), {
      currentDate: new Date(START),
    });
    expect(payload).toMatchObject({ aud: desk.application.id, name: 'Helga' });
  } finally {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});

test('a change that the database refuses is answered 503 and has not happened', async () => {
  const { persistence, fault } = failing();
  const on = await support.authingTenant({}, persistence);
  await support.bringTo(on, 'AUTHORIZED');
  const { ticket } = await support.statusOf(on);
  const other = await support.generate(on);
  const before = [on.qrCode(), on.qrCode(other), on.authing.accounts.get(support.ADA.id)];

  fault.active = true;
  const replies = [
    await support.exchange(on, ticket),
    await support.act(on, 'SCAN', support.asAda, other),
    await on.call('POST', '/api/v2/qrcode/gene', { scene: 'APP_AUTH' }, support.APP_HEADER),
  ];
  fault.active = false;
  expect(replies.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(replies[0]!.body).toMatchObject({ statusCode: 503, requestId: expect.any(String) });
  expect(replies[0]!.text).not.toContain('access_token');
  expect([on.qrCode(), on.qrCode(other), on.authing.accounts.get(support.ADA.id)]).toEqual(before);
  expect((await support.exchange(on, ticket)).body.statusCode).toBe(200);
});
