import { describe, expect, test } from 'vitest';
import { signingKeys } from '../../sim/server/authing/keys.ts';
import { qrMethods } from '../../sim/server/graph/qr-pin/records.ts';
import { cmCards } from '../../sim/server/mimcm/records.ts';
import { type Step, settled } from '../../sim/server/settled.ts';
import { StoreError } from '../../sim/server/store/errors.ts';
import { State } from '../../sim/server/store/state.ts';
import * as authing from './authing/support.ts';
import { failing } from './failing.ts';
import { PIN, STANDARD, STANDARD_TEXT, seedMethod } from './graph/qr-pin/seed.ts';
import * as cm from './mimcm/tenant.ts';
import {
  codeOf,
  MY_METHODS,
  NOORS,
  type Reply,
  startSeconds,
  type Tenant,
  tenant,
} from './support.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what a request has seen', () => {
  function stage() {
    const { persistence, fault } = failing();
    const state = new State(persistence, persistence.load());
    const things = state.collection<{ id: string }>('thing');
    const change = (step: Step, id: string) => step(() => things.save({ id }));
    return { state, things, fault, change };
  }

  test('is waited for, however long after its change the request ends', async () => {
    const { state, things, fault, change } = stage();
    fault.active = true;
    const ending = settled(state, async (step) => {
      change(step, 'a');
      await turn();
      await turn();
      expect(state.durable()).toBeUndefined();
      return 'done';
    });
    await expect(ending).rejects.toThrow(StoreError);
    expect(things.size).toBe(0);
  });

  test('is waited for in a refusal, too, which the database’s takes the place of', async () => {
    const { state, fault, change } = stage();
    fault.active = true;
    const ending = settled(state, async (step) => {
      change(step, 'a');
      await turn();
      throw new RangeError('no');
    });
    await expect(ending).rejects.toThrow(StoreError);
    fault.active = false;
    await expect(settled(state, () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
  });

  test('is all that it answers for: what others lost meanwhile is not', async () => {
    const { state, things, fault, change } = stage();
    const ending = settled(state, async (step) => {
      change(step, 'a');
      await turn();
      fault.active = true;
      things.save({ id: 'b' });
      await turn();
      fault.active = false;
      return 'done';
    });
    expect(await ending).toBe('done');
    expect([...things.values()]).toEqual([{ id: 'a' }]);
  });
});

/** A commit that fails under one request of each family, and what must be as it was. */
interface Case {
  readonly on: Tenant;
  readonly fault: { active: boolean };
  send(): Promise<Reply>;
  look(): unknown;
}

const cases: Readonly<Record<string, () => Promise<Case>>> = {
  'hardware OATH': async () => {
    const { persistence, fault } = failing();
    const on = tenant(undefined, persistence);
    const body = { verificationCode: codeOf(NOORS, startSeconds) };
    return {
      on,
      fault,
      send: () => on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, body),
      look: () => on.stateOf(NOORS.serialNumber),
    };
  },
  'QR code and PIN': async () => {
    const { persistence, fault } = failing();
    const on = tenant(undefined, persistence);
    const { state } = on.app;
    state.saveSettings({
      qrCodePinPolicy: { ...state.settings.qrCodePinPolicy, state: 'enabled' },
    });
    await seedMethod(on, { standardQRCode: { ...STANDARD, startAt: 0 } });
    const body = { qrCode: STANDARD_TEXT, pin: PIN, newPin: '50928371' };
    return {
      on,
      fault,
      send: () => on.send('POST', '/sign-in/qr', body),
      look: () => [...qrMethods(state).values()],
    };
  },
  Authing: async () => {
    const { persistence, fault } = failing();
    const on = await authing.authingTenant({}, persistence);
    await authing.bringTo(on, 'AUTHORIZED');
    const { ticket } = await authing.statusOf(on);
    return {
      on,
      fault,
      send: () => authing.exchange(on, ticket),
      look: () => [on.qrCode(), on.authing.accounts.get(authing.ADA.id)],
    };
  },
  'MIM CM': async () => {
    const { persistence, fault } = failing();
    const on = cm.cmTenant(persistence);
    on.put(cm.EXECUTING, cm.CARD);
    const path = `${cm.CM}/requests/${cm.REQUEST.id}/certificatedata`;
    const body = { pfxpassword: '', certificaterequests: ['AAAA'], comments: '' };
    return {
      on,
      fault,
      send: () => on.as('ada', 'POST', path, body),
      look: () => [...cmCards(on.app.state).values()],
    };
  },
  'the tester’s door': async () => {
    const { persistence, fault } = failing();
    const on = await authing.authingTenant({}, persistence);
    return {
      on,
      fault,
      send: () => on.send('POST', '/_emulator/authing/key-rotations'),
      look: () => [...signingKeys(on.app.state).values()],
    };
  },
};

describe.each(Object.entries(cases))('%s', (name, stage) => {
  test('answers no change that the database refused', async () => {
    const { on, fault, send, look } = await stage();
    on.app.state.commitNow();
    const before = look();
    fault.active = true;
    const reply = await send();
    fault.active = false;
    expect(reply.status).toBe(name === 'MIM CM' ? 500 : 503);
    expect(look()).toEqual(before);
    const again = await send();
    expect(again.status, again.text).toBeLessThan(300);
    expect(look()).not.toEqual(before);
  });
});
