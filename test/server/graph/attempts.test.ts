import { beforeEach, describe, expect, test } from 'vitest';
import {
  ADAS_FOB,
  type AuthingTenant,
  act,
  asAda,
  authingTenant,
  bringTo,
  NEW_YEAR_SECONDS,
  QR_ID,
} from '../authing/support.ts';
import { assignedTo, codeOf, FREE, MY_METHODS, NOOR, wrongCode } from '../support.ts';

/** Ada of the Authing pool is Noor of the directory; the token is activated for her. */

const { serialNumber } = ADAS_FOB;
const WRONG = wrongCode(ADAS_FOB, NEW_YEAR_SECONDS);
const rightCode = (seconds = 0) => codeOf(ADAS_FOB, NEW_YEAR_SECONDS + seconds);

let on: AuthingTenant;
beforeEach(async () => {
  on = await authingTenant();
  await bringTo(on, 'SCANNED');
});

const signIn = async (code: string, who: object = { serialNumber }) =>
  (await on.send('POST', '/_emulator/sign-in', { ...who, code })).body;
const confirm = async (code: string) =>
  (await act(on, 'CONFIRM', asAda, QR_ID, { serialNumber, code })).body;
const paused = { accepted: false, reason: 'attemptsPaused' };

/** Each way to try a code on a token in use; true when the code was looked at. */
const ways: Readonly<Record<string, (code: string) => Promise<boolean>>> = {
  'a sign-in': async (code) => (await signIn(code)).reason !== 'attemptsPaused',
  'a sign-in by user': async (code) =>
    (await signIn(code, { user: NOOR.id })).reason !== 'attemptsPaused',
  'a confirmation of a login': async (code) =>
    !/Too many wrong/.test((await confirm(code)).message),
};

describe('wrong codes in a row', () => {
  test.each(Object.entries(ways))(
    'from %s: after the fifth none is looked at',
    async (_, tryOne) => {
      for (let count = 1; count <= 5; count++) expect(await tryOne(WRONG)).toBe(true);
      const before = on.stateOf(serialNumber);
      expect(before).toMatchObject({ status: 'activated', wrongCodeCount: 5 });
      expect(await tryOne(rightCode())).toBe(false);
      expect(await tryOne(WRONG)).toBe(false);
      expect(on.stateOf(serialNumber)).toEqual(before);
    },
  );

  test('are counted together, wherever they are tried, the activation’s before them too', async () => {
    await on.send('POST', `${MY_METHODS}/${ADAS_FOB.id}/deactivate`);
    const activate = (verificationCode: string) =>
      on.send('POST', `${MY_METHODS}/${ADAS_FOB.id}/activate`, { verificationCode });
    await activate(WRONG);
    expect(on.stateOf(serialNumber).wrongCodeCount).toBe(1);
    await activate(rightCode(-30));
    expect(on.stateOf(serialNumber).wrongCodeCount).toBe(0);
    for (const tryOne of Object.values(ways)) await tryOne(WRONG);
    await on.send('POST', `${MY_METHODS}/${ADAS_FOB.id}/deactivate`);
    await activate(WRONG);
    expect((await activate(WRONG)).status).toBe(400);
    const turnedAway = await activate(rightCode());
    expect(turnedAway.status).toBe(429);
    expect(turnedAway.headers.get('retry-after')).toBe('60');
  });

  test('cost a pause each from then on, and a right one after it takes the count back', async () => {
    for (let count = 1; count <= 5; count++) await signIn(WRONG);
    expect(await signIn(rightCode())).toEqual({
      ...paused,
      message: 'Too many wrong codes. Wait before the next attempt.',
      retryAfterSeconds: 60,
    });
    on.app.clock.advance(59_001);
    expect(await signIn(rightCode(59))).toMatchObject({ ...paused, retryAfterSeconds: 1 });
    on.app.clock.advance(999);
    expect(await signIn(WRONG)).toMatchObject({ reason: 'wrongCode' });
    expect(await signIn(rightCode(60))).toMatchObject({ ...paused, retryAfterSeconds: 60 });
    on.app.clock.advance(60_000);
    expect(await signIn(rightCode(120))).toMatchObject({ accepted: true });
    expect(on.stateOf(serialNumber)).toMatchObject({ wrongCodeCount: 0, retryAt: 0 });
  });

  test('count when they were right once, and do not when they cannot be codes', async () => {
    expect(await signIn(rightCode())).toMatchObject({ accepted: true });
    expect(await signIn(rightCode())).toMatchObject({ reason: 'codeAlreadyUsed' });
    for (const code of ['12345', 'abcdef', '']) await signIn(code);
    expect(on.stateOf(serialNumber).wrongCodeCount).toBe(1);
  });

  test('leave the QR code waiting, whose confirmation needs no code while the token rests', async () => {
    for (let count = 1; count <= 5; count++) await confirm(WRONG);
    expect(await confirm(rightCode())).toMatchObject({ statusCode: 422 });
    expect(on.qrCode().status).toBe('SCANNED');
    expect((await act(on, 'CONFIRM')).body).toMatchObject({ statusCode: 200 });
  });
});

test('a code by user goes past a token that rests, and counts where no token has it', async () => {
  const state = assignedTo(NOOR, { status: 'activated' });
  on.app.state.saveDevice({ ...FREE, sequence: 9, state });
  for (let count = 1; count <= 5; count++) await signIn(WRONG);
  const right = codeOf(FREE, NEW_YEAR_SECONDS);
  expect(await signIn(right, { user: NOOR.id })).toMatchObject({
    accepted: true,
    serialNumber: FREE.serialNumber,
  });
  await signIn(wrongCode(FREE, NEW_YEAR_SECONDS), { user: NOOR.id });
  expect(on.stateOf(FREE.serialNumber).wrongCodeCount).toBe(1);
  expect(on.stateOf(serialNumber).wrongCodeCount).toBe(5);
});
