import { beforeEach, describe, expect, test } from 'vitest';
import { SIGN_IN_REASONS } from '../../../sim/server/emulator/sign-in.ts';
import { codeOf, wrongCode } from '../support.ts';
import * as support from './support.ts';

const { ADAS_FOB, BOBS_FOB, act, asAda, asBob, bringTo, NEW_YEAR_SECONDS, QR_ID } = support;

let on: support.AuthingTenant;
beforeEach(async () => {
  on = await support.authingTenant();
  await bringTo(on, 'SCANNED');
});

const proof = (
  timeSeconds = NEW_YEAR_SECONDS,
  fob: typeof ADAS_FOB | typeof BOBS_FOB = ADAS_FOB,
) => ({
  serialNumber: fob.serialNumber,
  code: codeOf(fob, timeSeconds),
});
const confirm = async (oath?: object, headers = asAda) =>
  (await act(on, 'CONFIRM', headers, QR_ID, oath)).body;
const signIn = async (oath: object) => (await on.send('POST', '/_emulator/sign-in', oath)).body;

describe('a confirmation with a code of the OATH token', () => {
  test('uses the code up, for sign-ins of every kind', async () => {
    expect(await confirm(proof())).toMatchObject({ statusCode: 200 });
    expect(await signIn(proof())).toMatchObject({ reason: 'codeAlreadyUsed' });
    expect(on.stateOf(ADAS_FOB.serialNumber)).toMatchObject({
      lastUsedStep: Math.floor(NEW_YEAR_SECONDS / 30),
      lastUsedAt: NEW_YEAR_SECONDS * 1000,
    });
  });

  test('is refused with a code that another sign-in has used, and the QR code waits on', async () => {
    expect(await signIn(proof())).toMatchObject({ accepted: true });
    const refused = await confirm(proof());
    const reason = SIGN_IN_REASONS.codeAlreadyUsed.replace(/\.$/, '');
    expect(refused).toMatchObject({ statusCode: 422, message: reason });
    expect(on.qrCode().status).toBe('SCANNED');
    expect(await confirm(proof(NEW_YEAR_SECONDS + 30))).toMatchObject({ statusCode: 200 });
  });

  test('is good in the step that it says only, and that has to be the present one', async () => {
    const now = Math.floor(NEW_YEAR_SECONDS / 30);
    const older = { ...proof(NEW_YEAR_SECONDS - 30), step: now - 1 };
    const reason = SIGN_IN_REASONS.otherStep.replace(/\.$/, '');
    expect(await confirm(older)).toMatchObject({ statusCode: 422, message: reason });
    expect(await confirm({ ...older, step: now })).toMatchObject({ statusCode: 422 });
    expect(on.qrCode().status).toBe('SCANNED');
    expect(await confirm({ ...proof(), step: now })).toMatchObject({ statusCode: 200 });
  });

  test('needs its step where the server is told so, and is not used up without it', async () => {
    await on.send('PATCH', '/_emulator/settings', { signInNeedsStep: true });
    const reason = SIGN_IN_REASONS.stepMissing.replace(/\.$/, '');
    expect(await confirm(proof())).toMatchObject({ statusCode: 422, message: reason });
    expect(on.qrCode().status).toBe('SCANNED');
    const step = Math.floor(NEW_YEAR_SECONDS / 30);
    const older = { ...proof(NEW_YEAR_SECONDS - 60), step };
    expect(await confirm(older)).toMatchObject({ statusCode: 422 });
    expect(await confirm({ ...proof(), step })).toMatchObject({ statusCode: 200 });
  });

  test('is refused with a wrong code, somebody else’s token, or none that is known', async () => {
    const wrong = { ...proof(), code: wrongCode(ADAS_FOB, NEW_YEAR_SECONDS, 2) };
    const messages = [];
    for (const oath of [wrong, { ...proof(), code: '12345' }, proof(undefined, BOBS_FOB)]) {
      messages.push((await confirm(oath)).message);
    }
    messages.push((await confirm({ ...proof(), serialNumber: 'x'.repeat(5_000) })).message);
    expect(messages).toEqual([
      'The code is not one of the five that are acceptable now',
      'A code is a JSON string of exactly six digits',
      'the OATH token is not one of this user',
      'the OATH token is not one of this user',
    ]);
    expect(on.qrCode().grant).toBeNull();
    expect(on.stateOf(BOBS_FOB.serialNumber).lastUsedStep).toBeNull();
  });

  test('that is refused for another reason leaves the code unused', async () => {
    expect(await confirm(proof(undefined, BOBS_FOB), asBob)).toMatchObject({ statusCode: 403 });
    on.app.clock.advance(120_000);
    const late = proof(NEW_YEAR_SECONDS + 120);
    expect(await confirm(late)).toMatchObject({ statusCode: 422, message: 'QR code has expired' });
    expect(await signIn(late)).toMatchObject({ accepted: true });
  });

  test('is all there is where the pool asks for one, in both generations of the API', async () => {
    on.configure({ confirmNeedsCode: true });
    expect(await confirm()).toMatchObject({ statusCode: 422, message: /needs a fresh code/ });
    const path = '/api/v2/qrcode/confirm';
    const bare = await on.call('POST', path, { random: QR_ID }, asAda);
    expect(bare.body).toMatchObject({ code: 500, message: /needs a fresh code/ });
    const proven = await on.call('POST', path, { random: QR_ID, oath: proof() }, asAda);
    expect(proven.body).toMatchObject({ code: 200, data: { description: 'confirm' } });
  });

  test('given to two QR codes at once confirms one of them', async () => {
    const other = await support.generate(on);
    await act(on, 'SCAN', asAda, other);
    const replies = await Promise.all(
      [QR_ID, other].map((id) => act(on, 'CONFIRM', asAda, id, proof())),
    );
    expect(replies.map(({ body }) => body.statusCode).sort()).toEqual([200, 422]);
  });
});

describe('of many at once', () => {
  test('one phone binds the code, and one exchange gets the tokens', async () => {
    const id = await support.generate(on);
    const scans = await Promise.all(
      [asAda, asBob, asAda, asBob].map((headers) => act(on, 'SCAN', headers, id)),
    );
    const owner = on.qrCode(id).accountId === support.ADA.id ? asAda : asBob;
    expect(scans.map(({ body }) => body.statusCode).sort()).toEqual([200, 200, 422, 422]);
    await act(on, 'CONFIRM', owner, id);
    const { ticket } = await support.statusOf(on, id);
    const exchanges = await Promise.all(
      Array.from({ length: 8 }, () => support.exchange(on, ticket)),
    );
    const codes = exchanges.map(({ body }) => body.statusCode).sort();
    expect(codes).toEqual([200, 422, 422, 422, 422, 422, 422, 422]);
  });

  test('confirmations of one code make one ticket', async () => {
    const replies = await Promise.all(Array.from({ length: 4 }, () => act(on, 'CONFIRM')));
    expect(replies.map(({ body }) => body.statusCode)).toEqual([200, 200, 200, 200]);
    expect(on.authing.accounts.get(support.ADA.id)!.loginsCount).toBe(1);
  });
});

describe('what a confirmation leaves behind', () => {
  test('the page’s custom data, on the person', async () => {
    for (const customData of [{ desk: '7', floor: 2 }, { desk: '8' }]) {
      const id = await support.generate(on, { customData });
      for (const action of ['SCAN', 'CONFIRM']) await act(on, action, asAda, id);
    }
    const { body } = await on.call('GET', '/api/v3/get-profile?withCustomData=true', null, asAda);
    expect(body.data.customData).toEqual({ desk: '8', floor: 2 });
  });

  test('the same tokens at every poll, where polling is what delivers them', async () => {
    on.configure({ returnFullUserInfo: true });
    await act(on, 'CONFIRM');
    const first = await support.statusOf(on);
    on.app.clock.advance(10_000);
    on.configure({ returnFullUserInfo: false });
    const second = await support.statusOf(on);
    expect(first).not.toHaveProperty('ticket');
    expect(second.tokenSet).toEqual({ ...first.tokenSet, expire_in: 7_190 });
  });

  test('a ticket still, when the pool changes its mind after the confirmation', async () => {
    await act(on, 'CONFIRM');
    on.configure({ returnFullUserInfo: true });
    const { ticket, tokenSet } = await support.statusOf(on);
    expect(tokenSet).toBeUndefined();
    expect((await support.exchange(on, ticket)).body.statusCode).toBe(200);
  });
});
