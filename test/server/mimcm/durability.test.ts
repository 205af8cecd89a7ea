import { expect, test } from 'vitest';
import { useMortalServer } from '../mortal.ts';
import { ATR, CARD_ID, CM, TEMPLATE } from './tenant.ts';

const { send, killAndRestart } = useMortalServer();

test('a kill between any two steps of an enrolment changes nothing about it', async () => {
  const base = '/CertificateManagement/';
  /** Each step, and the answer that the same question gets before and after a kill. */
  async function lasting<Body>(ask: () => Promise<Body>): Promise<Body> {
    const before = await ask();
    await killAndRestart();
    expect(await ask()).toEqual(before);
    return before;
  }
  const enroll = {
    type: 'Enroll',
    profiletemplateuuid: TEMPLATE.id,
    datacollection: '[]',
    comment: '',
  };
  const request = base + (await send('POST', `${CM}/requests`, enroll));
  expect(await lasting(() => send('GET', request))).toMatchObject({ Status: 3 });
  const binding = { requestid: request.split('/').at(-1), cardid: CARD_ID, atr: ATR };
  const card = base + (await send('POST', `${CM}/smartcards`, binding));
  expect(await lasting(() => send('GET', card))).toMatchObject({ Status: 1 });
  const path = `${request}/smartcards/${card.split('/').at(-1)}`;
  const key = await lasting(() => send('GET', `${path}/diversifiedkey?cardid=${CARD_ID}`));
  expect(Buffer.from(key, 'base64')).toHaveLength(24);
  expect(await lasting(() => send('GET', `${card}/serverproposedpin`))).toMatch(/^\d{8}$/);
  await send('PUT', request, { status: 'Completed' });
  expect(await lasting(() => send('GET', card))).toMatchObject({ Status: 2 });
  expect(await lasting(() => send('GET', `${card}/serverproposedpin`))).toMatchObject({
    ErrorCode: 'Forbidden',
  });
});
