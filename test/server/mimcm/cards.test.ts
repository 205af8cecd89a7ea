import { describe, expect, test } from 'vitest';
import { createApp } from '../../../sim/server/app.ts';
import {
  CardStatus,
  cmCards,
  cmRequests,
  RequestStatus,
  RequestType,
} from '../../../sim/server/mimcm/records.ts';
import { openLibsql } from '../../../sim/server/store/libsql.ts';
import {
  ADA,
  ATR,
  BOB,
  CARD,
  CARD_ID,
  CM,
  type CmTenant,
  cmTenant,
  ENROLL,
  EXECUTING,
  TEMPLATE,
} from './tenant.ts';

/** A card between requests, and between people: who may still do what to it. */

type Name = 'ada' | 'bob';

const root = CM.slice(0, -'api/v1.0'.length);
const SUBMISSION = { pfxpassword: '', certificaterequests: ['Q1NSLTE='], comments: '' };

async function enroll(on: CmTenant, name: Name): Promise<string> {
  return root + (await on.as(name, 'POST', `${CM}/requests`, ENROLL)).body;
}

const bind = (on: CmTenant, name: Name, request: string) =>
  on.as(name, 'POST', `${CM}/smartcards`, {
    requestid: request.split('/').at(-1),
    cardid: CARD_ID,
    atr: ATR,
  });

const about = (on: CmTenant, type: string) =>
  on.as('ada', 'POST', `${CM}/requests`, {
    type,
    smartcard: CARD.id,
    datacollection: [],
    comment: '',
  });

const end = (on: CmTenant, name: Name, request: string, status: string) =>
  on.as(name, 'PUT', request, { status });

const setCard = (on: CmTenant, request: string, status: string) =>
  on.as('ada', 'PUT', `${request}/smartcards/${CARD.id}`, { status });

const cardOf = (on: CmTenant) => cmCards(on.app.state).get(CARD.id)!;

function withCard(status: CardStatus): CmTenant {
  const on = cmTenant();
  on.put(null, { ...CARD, status });
  return on;
}

describe('a card of which a request is still open', () => {
  test('is nobody else’s, though it is retired already', async () => {
    const on = withCard(CardStatus.Active);
    const request = root + (await about(on, 'Retire')).body;
    expect((await setCard(on, request, 'Retired')).status).toBe(200);
    const bobs = await enroll(on, 'bob');
    expect((await bind(on, 'bob', bobs)).status).toBe(403);
    expect((await end(on, 'ada', request, 'Completed')).status).toBe(200);
    expect((await bind(on, 'bob', bobs)).status).toBe(201);
    expect(cardOf(on)).toMatchObject({ userId: BOB.id, status: CardStatus.Assigned });
  });

  test('in the middle of its enrolment neither, until that is given up', async () => {
    const on = cmTenant();
    on.put(EXECUTING, CARD);
    const adas = `${CM}/requests/${EXECUTING.id}`;
    await setCard(on, adas, 'Retired');
    const bobs = await enroll(on, 'bob');
    expect((await bind(on, 'bob', bobs)).status).toBe(403);
    await end(on, 'ada', adas, 'Canceled');
    expect((await bind(on, 'bob', bobs)).status).toBe(201);
    expect((await end(on, 'bob', bobs, 'Completed')).status).toBe(200);
    expect(cardOf(on)).toMatchObject({ userId: BOB.id, status: CardStatus.Active });
  });
});

/** As a database may have it that an earlier version wrote. */
describe('a request that was left open on a card which is another’s now', () => {
  test.each([
    ['Canceled', 200],
    ['Abandoned', 200],
    ['Completed', 403],
  ])('reaches nothing of it: %s is %i', async (status, answered) => {
    const on = cmTenant();
    const bobs = { ...CARD, userId: BOB.id, status: CardStatus.Active };
    on.put({ ...EXECUTING, type: RequestType.Enroll }, bobs);
    const adas = `${CM}/requests/${EXECUTING.id}`;
    expect((await on.as('ada', 'POST', `${adas}/certificatedata`, SUBMISSION)).status).toBe(403);
    expect((await on.as('ada', 'GET', `${adas}/certificaterequestgenerationoptions`)).status).toBe(
      403,
    );
    expect((await end(on, 'ada', adas, status)).status).toBe(answered);
    expect(cardOf(on)).toEqual(bobs);
  });
});

describe('a retirement', () => {
  test('is completed after the card was set to Retired, as before it', async () => {
    for (const isSetFirst of [true, false]) {
      const on = withCard(CardStatus.Active);
      const request = root + (await about(on, 'Retire')).body;
      if (isSetFirst) await setCard(on, request, 'Retired');
      const ended = await end(on, 'ada', request, 'Completed');
      expect(ended.body).toMatchObject({ Status: RequestStatus.Completed });
      expect(cardOf(on).status).toBe(CardStatus.Retired);
    }
  });

  test.each([CardStatus.Disabled, CardStatus.Suspended])(
    'takes a card out of use too: status %i',
    async (status) => {
      const on = withCard(status);
      const operations = await on.as('ada', 'GET', `${CM}/smartcards/${CARD.id}/operations`);
      expect(operations.body).toEqual(['reinstate', 'retire']);
      for (const type of ['Renew', 'Unblock']) expect((await about(on, type)).status).toBe(403);
      const request = root + (await about(on, 'Retire')).body;
      expect((await setCard(on, request, 'Retired')).status).toBe(200);
      expect((await setCard(on, request, 'Suspended')).status).toBe(403);
      expect((await end(on, 'ada', request, 'Completed')).status).toBe(200);
      expect(cardOf(on).status).toBe(CardStatus.Retired);
      expect((await bind(on, 'bob', await enroll(on, 'bob'))).status).toBe(201);
    },
  );

  test('does not give out a PIN or a key of a card out of use', async () => {
    const on = withCard(CardStatus.Suspended);
    const request = root + (await about(on, 'Retire')).body;
    const ofCard = `${request}/smartcards/${CARD.id}`;
    for (const path of [
      `${CM}/smartcards/${CARD.id}/serverproposedpin`,
      `${ofCard}/serverproposedpin`,
      `${ofCard}/diversifiedkey?cardid=${CARD_ID}`,
    ]) {
      expect((await on.as('ada', 'GET', path)).status).toBe(403);
    }
  });
});

test.each([CardStatus.Disabled, CardStatus.Suspended])(
  'a card is put back into use from status %i, and from no other',
  async (status) => {
    const on = withCard(status);
    const request = root + (await about(on, 'reinstate')).body;
    expect((await end(on, 'ada', request, 'Completed')).body).toMatchObject({
      RequestType: RequestType.Reinstate,
      Status: RequestStatus.Completed,
    });
    expect(cardOf(on)).toMatchObject({ status: CardStatus.Active, userId: ADA.id });
    expect((await about(on, 'Reinstate')).status).toBe(403);
  },
);

test('a request about a card waits for approval as an enrolment does, and gives nothing until then', async () => {
  const on = withCard(CardStatus.Active);
  on.settings({ templates: [{ ...TEMPLATE, approvalsNeeded: 1 }] });
  const { body } = await about(on, 'Unblock');
  const id = body.split('/').at(-1);
  expect(cmRequests(on.app.state).get(id)!.status).toBe(RequestStatus.Pending);
  const pins = [
    `${CM}/smartcards/${CARD.id}/serverproposedpin`,
    `${root}${body}/smartcards/${CARD.id}/serverproposedpin`,
  ];
  for (const path of pins) expect((await on.as('ada', 'GET', path)).status).toBe(403);
  expect((await setCard(on, root + body, 'Suspended')).status).toBe(403);
  const submitted = await on.as('ada', 'POST', `${root}${body}/certificatedata`, SUBMISSION);
  expect(submitted.status).toBe(403);
  expect((await end(on, 'ada', root + body, 'Completed')).status).toBe(403);
  await on.send('POST', '/_emulator/mim-cm/decide', { request: id, approved: true });
  for (const path of pins) expect((await on.as('ada', 'GET', path)).status).toBe(200);
  expect((await end(on, 'ada', root + body, 'Completed')).status).toBe(200);
});

test('the whole address of what was made begins where callers see the server', async () => {
  const persistence = openLibsql(':memory:');
  cmTenant(persistence).app.state.commitNow();
  const app = createApp({ persistence, basePath: '/some/folder' });
  const reply = await app.fetch(
    new Request(`http://localhost${CM}/requests`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer emu-adfs-token-ada',
        'content-type': 'application/json',
      },
      body: JSON.stringify(ENROLL),
    }),
  );
  const address = await reply.json();
  expect(address).toMatch(/^api\/v1\.0\/requests\//);
  expect(reply.headers.get('location')).toBe(`/some/folder${root}${address}`);
});
