import { describe, expect, test } from 'vitest';
import { ADMINISTRATOR_PERMISSIONS } from '../../../sim/server/graph/access.ts';
import { type Device, NEW_DEVICE_STATE } from '../../../sim/server/store/records.ts';
import { byType, expectDocumented, type Fixture, readFixtures } from '../fixture.ts';
import * as support from '../support.ts';

const { SPARE, IVOS, FREE, NOORS, NOOR, IVO, assignedTo } = support;

const fixtures = readFixtures('graph-hardware-oath');

const sparesOwner = { ...SPARE, state: assignedTo(NOOR, { displayName: 'Front desk spare' }) };
const spareActivated = {
  ...SPARE,
  state: assignedTo(NOOR, { displayName: "Noor's fob", status: 'activated' }),
};

/** The inventory that an entry takes for granted: by name where it says more than the usual. */
function inventoryOf({ name, requestBody }: Fixture): Device[] {
  if (name.startsWith('device: create') || name.startsWith('device: bulk')) {
    // Nothing may stand in the way of what is about to be created.
    const text = JSON.stringify(requestBody);
    return [SPARE, IVOS, FREE, NOORS].filter(({ serialNumber }) => !text.includes(serialNumber));
  }
  if (name === 'method: list after activation') return [spareActivated];
  if (name === 'method: sixth token for one user') return [FREE, ...fiveOf(NOORS)];
  if (name === 'deactivate') return [spareActivated];
  if (/^(method: (list|get)|unassign|activate)/.test(name)) return [sparesOwner, IVOS, FREE, NOORS];
  return [SPARE, IVOS, FREE, NOORS];
}

function fiveOf(device: Device): Device[] {
  return [1, 2, 3, 4, 5].map((number) => ({
    ...device,
    sequence: 10 + number,
    id: `${device.id.slice(0, -1)}${number}`,
    serialNumber: `LMP-10000${number}`,
  }));
}

/** The sender an entry speaks of; most are an administrator who is also Noor. */
function tokenOf({ name }: Fixture, tenant: support.Tenant): string {
  const read = ['UserAuthenticationMethod.Read'];
  if (name === 'caller lacks the directory permission') return tenant.tokenFor(NOOR, read);
  if (name === "caller may not touch this user's methods") return tenant.tokenFor(IVO, read);
  if (name === '/me with an app-only token')
    return tenant.tokenFor(null, ADMINISTRATOR_PERMISSIONS);
  return tenant.token;
}

describe('every documented exchange of the hardware OATH surface', () => {
  test('all 61 entries are here', () => {
    expect(fixtures).toHaveLength(61);
  });

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s',
    async (_, fixture) => {
      const tenant = support.tenant(inventoryOf(fixture));
      if (fixture.clock) tenant.setClock(fixture.clock);
      if (fixture.status === 429) {
        tenant.app.state.saveSettings({ throttle: { requests: 0, windowSeconds: 1 } });
      }
      const path = fixture.name === 'device: last page' ? await secondPage(tenant) : fixture.path;
      const reply = await tenant.send(fixture.method, path, fixture.requestBody, {
        authorization: `Bearer ${tokenOf(fixture, tenant)}`,
        ...(fixture.requestHeaders?.Authorization === null && { authorization: '' }),
      });
      expectDocumented(reply, fixture);
    },
  );
});

async function secondPage(tenant: support.Tenant): Promise<string> {
  const { body } = await tenant.send('GET', `${support.DEVICES}?$top=2`);
  const next = new URL(body['@odata.nextLink']);
  expect(next.origin).toBe('http://localhost:8080');
  return next.pathname + next.search;
}

test('the runner would notice a missing property', () => {
  const fixture = { dynamic: ['/id'] } as Fixture;
  expect(byType({ id: 'a', state: NEW_DEVICE_STATE }, fixture)).not.toEqual(
    byType({ id: 'b' }, fixture),
  );
});
