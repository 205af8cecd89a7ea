import { describe, expect, test } from 'vitest';
import {
  CERTIFICATE_MANAGEMENT,
  CERTIFICATE_MANAGEMENT_AGENT,
} from '../../../sim/server/graph/access.ts';
import {
  CardStatus,
  cmCards,
  RequestStatus,
  UserPinOption,
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
  REQUEST,
  TEMPLATE,
} from './tenant.ts';

const PIN_PATH = `${CM}/smartcards/${CARD.id}/serverproposedpin`;
const OF_REQUEST = `${CM}/requests/${REQUEST.id}/smartcards/${CARD.id}`;

function withCard(option = UserPinOption.ServerDistributed): CmTenant {
  const tenant = cmTenant();
  tenant.settings({ templates: [{ ...TEMPLATE, userPinOption: option }] });
  tenant.put(EXECUTING, CARD);
  return tenant;
}

describe('a proposed PIN', () => {
  test('that is distributed stays the same until the request ends, and is then gone', async () => {
    const tenant = withCard();
    const first = await tenant.as('ada', 'GET', PIN_PATH);
    expect(first.text).toMatch(/^"\d{8}"$/);
    const ways = [PIN_PATH, `${OF_REQUEST}/serverproposedpin`, `${PIN_PATH}?cardid={${CARD_ID}}`];
    for (const path of ways) {
      expect((await tenant.as('ada', 'GET', path)).text).toBe(first.text);
    }
    await tenant.as('ada', 'PUT', `${CM}/requests/${REQUEST.id}`, { Status: 'completed' });
    expect((await tenant.as('ada', 'GET', PIN_PATH)).status).toBe(403);
    expect(cmCards(tenant.app.state).get(CARD.id)).toMatchObject({ proposedPin: null });
  });

  test('that is randomised is another one each time, and is kept nowhere', async () => {
    const tenant = withCard(UserPinOption.Randomized);
    // Of shorter ones two are the same now and then.
    tenant.settings({ pinLength: 16 });
    const pins = new Set<string>();
    for (let call = 0; call < 20; call++) pins.add((await tenant.as('ada', 'GET', PIN_PATH)).text);
    expect(pins.size).toBe(20);
    expect(cmCards(tenant.app.state).get(CARD.id)!.proposedPin).toBeNull();
  });

  test.each([UserPinOption.None, UserPinOption.UserProvided])(
    'is the user’s business under option %i: 204',
    async (option) => {
      const reply = await withCard(option).as('ada', 'GET', PIN_PATH);
      expect([reply.status, reply.text]).toEqual([204, '']);
    },
  );

  test.each([4, 6, 16])('has as many digits as the server is set to: %i', async (pinLength) => {
    const tenant = withCard(UserPinOption.Randomized);
    tenant.settings({ pinLength });
    for (let call = 0; call < 50; call++) {
      const { body } = await tenant.as('ada', 'GET', PIN_PATH);
      expect(body).toMatch(new RegExp(`^\\d{${pinLength}}$`));
      expect(body).not.toMatch(/^(\d{1,3})\1+$/);
    }
  });

  test('is not in the log, nor is a key or an answer to a challenge', async () => {
    const tenant = withCard();
    const { body: pin } = await tenant.as('ada', 'GET', PIN_PATH);
    const { body: key } = await tenant.as(
      'ada',
      'GET',
      `${OF_REQUEST}/diversifiedkey?cardid=${CARD_ID}`,
    );
    expect(key).toHaveLength(32);
    const { text } = await tenant.send('GET', '/_emulator/log');
    expect(text).toContain('serverproposedpin');
    expect(text).not.toContain(pin);
    expect(text).not.toContain(key);
  });

  test('survives a restart in the middle of the request', async () => {
    const persistence = openLibsql(':memory:');
    const tenant = cmTenant(persistence);
    tenant.put(EXECUTING, CARD);
    const before = await tenant.as('ada', 'GET', PIN_PATH);
    const { createApp } = await import('../../../sim/server/app.ts');
    const again = createApp({ persistence });
    const headers = { authorization: 'Bearer emu-adfs-token-ada' };
    const reply = await again.fetch(new Request(`http://localhost${PIN_PATH}`, { headers }));
    expect(await reply.text()).toBe(before.text);
  });
});

describe('who is refused, with 403', () => {
  test.each([
    ['another user', 'bob', PIN_PATH],
    ['a user without anything', 'nobody', `${OF_REQUEST}/diversifiedkey?cardid=${CARD_ID}`],
    ['another user’s look at the card', 'bob', `${CM}/smartcards/${CARD.id}`],
    ['another user’s look at the request', 'bob', `${CM}/requests/${REQUEST.id}`],
  ] as const)('%s', async (_, name, path) => {
    const reply = await withCard().as(name, 'GET', path);
    expect([reply.status, reply.body]).toEqual([
      403,
      { Message: 'Forbidden', ErrorCode: 'Forbidden' },
    ]);
  });

  test.each([
    RequestStatus.Completed,
    RequestStatus.Canceled,
    RequestStatus.Abandoned,
    RequestStatus.Failed,
    RequestStatus.Denied,
  ])('whoever comes after the request has ended: status %i', async (status) => {
    const tenant = withCard();
    tenant.put({ ...EXECUTING, status });
    for (const path of [PIN_PATH, `${OF_REQUEST}/serverproposedpin`]) {
      expect((await tenant.as('ada', 'GET', path)).status).toBe(403);
    }
  });

  test.each([CardStatus.New, CardStatus.Disabled, CardStatus.Suspended, CardStatus.Retired])(
    'whoever asks for a card out of use: status %i',
    async (status) => {
      const tenant = withCard();
      tenant.put(null, { ...CARD, status });
      expect((await tenant.as('ada', 'GET', PIN_PATH)).status).toBe(403);
    },
  );

  test('a known person whose token is not for this', async () => {
    const tenant = withCard();
    const graphs = tenant.tokenFor(ADA, ['UserAuthenticationMethod.ReadWrite.All']);
    const headers = { authorization: `Bearer ${graphs}` };
    const reply = await tenant.send('GET', PIN_PATH, undefined, headers);
    expect([reply.status, reply.body]).toEqual([
      403,
      { Message: 'Forbidden', ErrorCode: 'Forbidden' },
    ]);
    expect(reply.headers.get('www-authenticate')).toBeNull();
  });

  test('an application, which is nobody', async () => {
    const tenant = withCard();
    const headers = { authorization: `Bearer ${tenant.tokenFor(null, [CERTIFICATE_MANAGEMENT])}` };
    expect((await tenant.send('GET', `${CM}/requests`, undefined, headers)).status).toBe(403);
  });

  test('not an enrollment agent', async () => {
    const tenant = withCard();
    const token = tenant.tokenFor(BOB, [CERTIFICATE_MANAGEMENT, CERTIFICATE_MANAGEMENT_AGENT]);
    const reply = await tenant.send('GET', PIN_PATH, undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(reply.status).toBe(200);
  });
});

describe('who is not even heard, with 401', () => {
  test('nobody, a stranger, and a scheme that does not work here', async () => {
    const tenant = withCard();
    for (const authorization of ['', 'Bearer stranger', 'Negotiate YII=']) {
      const reply = await tenant.send('GET', PIN_PATH, undefined, { authorization });
      expect([reply.status, reply.text]).toEqual([401, '']);
      expect(reply.headers.get('www-authenticate')).toBe('Negotiate, NTLM, Bearer');
    }
  });
});

describe('what cannot be read, with 500 and a correlation id', () => {
  const response = `${OF_REQUEST}/authenticationresponse?cardid=${CARD_ID}`;
  test.each([
    ['GET', `${CM}/smartcards/none/serverproposedpin`, undefined],
    ['GET', `${PIN_PATH}?challenge=`, undefined],
    ['GET', `${PIN_PATH}?challenge=AAAA`, undefined],
    ['GET', `${PIN_PATH}?challenge=${'A'.repeat(4_000)}`, undefined],
    ['GET', `${PIN_PATH}?cardid=none`, undefined],
    ['GET', `${OF_REQUEST}/diversifiedkey`, undefined],
    ['GET', response, undefined],
    ['GET', `${response}&challenge=mj%2FgfFXRuEI%3D&diversified=perhaps`, undefined],
    ['GET', `${CM}/requests?status=Unheard`, undefined],
    ['GET', `${CM}/profiletemplates/${TEMPLATE.id}/policies/unheard`, undefined],
    ['POST', `${CM}/requests`, '{'],
    ['POST', `${CM}/requests`, []],
    ['POST', `${CM}/requests`, { ...ENROLL, profiletemplateuuid: 'none' }],
    ['POST', `${CM}/requests`, { ...ENROLL, datacollection: 'none' }],
    ['POST', `${CM}/requests`, { ...ENROLL, comment: 'x'.repeat(2_000_000) }],
    ['POST', `${CM}/smartcards`, { requestid: REQUEST.id, cardid: CARD_ID, atr: '3c00' }],
    ['PUT', `${CM}/requests/${REQUEST.id}`, { status: 'Unheard' }],
    ['POST', `${CM}/requests/${REQUEST.id}/certificatedata`, { certificaterequests: ['%'] }],
  ])('%s %s', async (method, path, body) => {
    const tenant = withCard();
    const reply = await tenant.as('ada', method, path, body);
    expect(reply.status).toBe(500);
    const id = reply.headers.get('request-id');
    expect(reply.body).toEqual({
      Message: `An error has occurred. Correlation ID: ${id}`,
      ErrorCode: 'InvalidClientData',
    });
    expect(cmCards(tenant.app.state).get(CARD.id)).toEqual(CARD);
  });
});

test('addresses that are none are 404 and verbs 405, without a body', async () => {
  const tenant = withCard();
  const unknown = await tenant.as('ada', 'GET', `${CM}/unheard`);
  const verb = await tenant.as('ada', 'DELETE', `${CM}/requests`);
  expect([unknown.status, unknown.text]).toEqual([404, '']);
  expect([verb.status, verb.text, verb.headers.get('allow')]).toEqual([405, '', 'GET, POST']);
});

describe('a request', () => {
  async function enrolled(tenant: CmTenant): Promise<string> {
    const { body } = await tenant.as('ada', 'POST', `${CM}/requests`, ENROLL);
    return `${CM.slice(0, -'api/v1.0'.length)}${body}`;
  }
  const bind = (tenant: CmTenant, request: string, cardid = CARD_ID) =>
    tenant.as('ada', 'POST', `${CM}/smartcards`, {
      requestid: request.split('/').at(-1),
      cardid,
      atr: ATR,
    });

  test('goes from approved to executing to completed, and its card to active', async () => {
    const tenant = cmTenant();
    const request = await enrolled(tenant);
    expect((await tenant.as('ada', 'GET', request)).body.Status).toBe(3);
    expect((await tenant.as('ada', 'PUT', request, { status: 'Completed' })).status).toBe(403);
    const bound = await bind(tenant, request);
    expect(bound.headers.get('location')).toBe(`/CertificateManagement/${bound.body}`);
    expect((await tenant.as('ada', 'GET', request)).body.Status).toBe(18);
    expect((await bind(tenant, request)).status).toBe(204);
    expect((await tenant.as('ada', 'PUT', request, { status: 'Completed' })).body.Status).toBe(8);
    const card = await tenant.as('ada', 'GET', `${CM}/smartcards?cardid=${CARD_ID}`);
    expect(card.body).toMatchObject({ Status: 2, AssignedUserUuid: ADA.id });
    expect((await bind(tenant, await enrolled(tenant))).status).toBe(403);
  });

  test('that is cancelled leaves the card new and free for the next', async () => {
    const tenant = cmTenant();
    const first = await enrolled(tenant);
    await bind(tenant, first);
    const cancelled = await tenant.as('ada', 'PUT', first, { status: 'Canceled' });
    expect(cancelled.body).toMatchObject({
      Status: 17,
      NewSmartcardUuid: expect.stringMatching(/^0{8}/),
    });
    expect(cmCards(tenant.app.state).find(() => true)).toMatchObject({ status: CardStatus.New });
    expect((await bind(tenant, await enrolled(tenant))).status).toBe(201);
  });

  test('of a card that was retired meanwhile cannot be completed', async () => {
    const tenant = withCard();
    await tenant.as('ada', 'PUT', OF_REQUEST, { status: 'Retired' });
    const request = `${CM}/requests/${REQUEST.id}`;
    expect((await tenant.as('ada', 'PUT', request, { status: 'Completed' })).status).toBe(403);
    expect((await tenant.as('ada', 'PUT', request, { status: 'Abandoned' })).status).toBe(200);
  });

  test('waits for approval where the template says so, and can be denied', async () => {
    const tenant = cmTenant();
    tenant.settings({ templates: [{ ...TEMPLATE, approvalsNeeded: 1 }] });
    for (const [approved, status, binding] of [
      [true, 3, 201],
      [false, 4, 403],
    ] as const) {
      const request = await enrolled(tenant);
      expect((await tenant.as('ada', 'GET', request)).body.Status).toBe(16);
      const id = request.split('/').at(-1);
      const decide = () =>
        tenant.send('POST', '/_emulator/mim-cm/decide', { request: id, approved });
      expect((await decide()).body.Status).toBe(status);
      expect((await decide()).status).toBe(400);
      const cardId = crypto.randomUUID();
      expect((await bind(tenant, request, cardId)).status).toBe(binding);
    }
  });

  test('is for the sender, unless an agent makes it', async () => {
    const tenant = cmTenant();
    const forAda = { ...ENROLL, target: ADA.id };
    expect((await tenant.as('bob', 'POST', `${CM}/requests`, forAda)).status).toBe(403);
    const token = tenant.tokenFor(BOB, [CERTIFICATE_MANAGEMENT, CERTIFICATE_MANAGEMENT_AGENT]);
    const headers = { authorization: `Bearer ${token}` };
    const made = await tenant.send('POST', `${CM}/requests`, forAda, headers);
    expect(made.status).toBe(201);
    const { body } = await tenant.as('ada', 'GET', `${CM}/requests?status=approved`);
    expect(body).toMatchObject([{ TargetUserUuid: ADA.id, IsEnrollmentAgent: true, Flags: 3 }]);
  });

  test('is bound by one of two cards that come at once', async () => {
    const tenant = cmTenant();
    const request = await enrolled(tenant);
    const replies = await Promise.all([
      bind(tenant, request),
      bind(tenant, request, crypto.randomUUID()),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403]);
  });

  test('about a card in use is one at a time', async () => {
    const tenant = cmTenant();
    tenant.put(null, { ...CARD, status: CardStatus.Active });
    const unblock = { type: 'unblock', smartcard: CARD.id, datacollection: [], comment: '' };
    const send = () => tenant.as('ada', 'POST', `${CM}/requests`, unblock);
    expect((await send()).status).toBe(201);
    expect((await send()).status).toBe(403);
    expect((await tenant.as('ada', 'GET', PIN_PATH)).status).toBe(200);
  });
});

test('every list that has nothing to return is 204', async () => {
  const tenant = cmTenant();
  for (const path of ['requests', 'smartcards', 'certificates', 'profiles']) {
    const reply = await tenant.as('ada', 'GET', `${CM}/${path}`);
    expect([path, reply.status, reply.text]).toEqual([path, 204, '']);
  }
});

test('certificates are answered with a marker, and listed while the card is in use', async () => {
  const tenant = withCard();
  const body = { pfxpassword: '', certificaterequests: ['Q1NSLTE=\r\n', 'Q1NSLTI='], comments: '' };
  const reply = await tenant.as(
    'ada',
    'POST',
    `${CM}/requests/${REQUEST.id}/certificatedata`,
    body,
  );
  expect(reply.body).toHaveLength(2);
  expect(new Set(reply.body.map(({ Pkcs7 }: { Pkcs7: string }) => Pkcs7)).size).toBe(2);
  await tenant.as('ada', 'PUT', `${CM}/requests/${REQUEST.id}`, { status: 'Completed' });
  const { body: listed } = await tenant.as('ada', 'GET', `${CM}/certificates`);
  expect(listed).toHaveLength(2);
  expect(listed[0]).toMatchObject({
    RequesterName: ADA.userPrincipalName,
    NotBefore: '2026-01-01T08:00:00.12Z',
  });
});

test('an administrator sets templates and PIN length, and never sees the master key', async () => {
  const tenant = cmTenant();
  const template = {
    id: TEMPLATE.id,
    name: 'Other',
    userPinOption: 3,
    defaultAdminKeyHex: '0a'.repeat(24),
  };
  const { body, text } = await tenant.send('PATCH', '/_emulator/mim-cm', {
    pinLength: 6,
    templates: [template],
  });
  expect(body).toMatchObject({
    enabled: true,
    pinLength: 6,
    templates: [{ name: 'Other', approvalsNeeded: 0 }],
  });
  expect(text).not.toContain('master');
  for (const wrong of [
    { pinLength: 3 },
    { pinLength: 17 },
    { templates: [{ ...template, defaultAdminKeyHex: '00' }] },
  ]) {
    expect((await tenant.send('PATCH', '/_emulator/mim-cm', wrong)).status).toBe(400);
  }
});
