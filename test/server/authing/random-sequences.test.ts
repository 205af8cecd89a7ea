/**
 * Random lives of QR codes beside a plain table: a slice of what `npm run evidence -- logins` lives.
 * A failure names its life, which `live` lives again. And servers that are wrong on purpose.
 */
import { expect, test } from 'vitest';
import type { Reply } from '../support.ts';
import { type Lives, liveBoth, liveMany, rowsOf } from './lives.ts';
import { live, openStage, type Stage } from './sequence.ts';

const LIVES = 1_500;

test('the server agrees with the table, and every row of the evidence holds', {
  timeout: 600_000,
}, async () => {
  const rows = rowsOf(await liveBoth(LIVES), LIVES);
  expect(rows.filter(({ holds }) => !holds)).toEqual([]);
  expect(rowsOf(await liveBoth(1), 2).map(({ holds }) => holds)).toEqual([false, false, false]);
});

/** A server in front of the right one that answers otherwise. */
async function wrongStage(
  polled: boolean,
  change: (path: string, body: unknown, right: Reply) => unknown,
): Promise<Stage> {
  const stage = await openStage(polled);
  const call: Stage['on']['call'] = async (method, path, body, headers) => {
    const right = await stage.on.call(method, path, body, headers);
    return { ...right, body: change(path, body, right) } as Reply;
  };
  return { ...stage, on: { ...stage.on, call } };
}

/** Which rows still hold when the lives by ticket, or by polling, are on this server. */
async function rowsOn(stage: Stage): Promise<boolean[]> {
  const right: Lives = await liveMany(await openStage(!stage.polled), 60);
  const wrong = await liveMany(stage, 60);
  expect(wrong.failures.length).toBeGreaterThan(0);
  return rowsOf(stage.polled ? [right, wrong] : [wrong, right], 60).map(({ holds }) => holds);
}

test('a server that takes a ticket twice is caught', async () => {
  const given = new Map<unknown, unknown>();
  const stage = await wrongStage(false, (path, body, right) => {
    if (!path.endsWith('exchange-tokenset-with-qrcode-ticket')) return right.body;
    const { ticket } = body as { ticket: string };
    if (right.body.statusCode === 200) given.set(ticket, right.body);
    return given.get(ticket) ?? right.body;
  });
  expect(await rowsOn(stage)).toEqual([false, true, false]);
});

test('a server that gives tokens for a code that was only scanned is caught', async () => {
  let tokenSet: unknown;
  const stage = await wrongStage(true, (_, __, { body }) => {
    tokenSet = body.data?.tokenSet ?? tokenSet;
    const isScanned = body.data?.status === 'SCANNED' && tokenSet !== undefined;
    return isScanned ? { ...body, data: { ...body.data, tokenSet } } : body;
  });
  const [agrees, isConfirmed] = await rowsOn(stage);
  expect([agrees, isConfirmed]).toEqual([false, false]);
});

test('a server that calls one refusal by another number is caught, and the life is named', async () => {
  const stage = await wrongStage(false, (_, __, { body }) =>
    body.statusCode === 403 ? { ...body, statusCode: 422 } : body,
  );
  const { failures } = await liveMany(stage, 60);
  const [seed] = /\d+/.exec(failures[0]!.message)!;
  await expect(live(stage, Number(seed))).rejects.toThrow(/the table says/);
  expect(await rowsOn(stage)).toEqual([false, true, true]);
});
