import { describe, expect, test } from 'vitest';
import { expectDocumented, type Fixture, readFixtures } from '../../fixture.ts';
import { tenant as newTenant, type Tenant } from '../../support.ts';
import { PIN, STANDARD, seedMethod, TEMPORARY } from './seed.ts';

const fixtures = readFixtures('graph-qr-pin');
const USED_AT = Date.parse('2026-03-03T06:12:44Z');

/** Puts the server into the state that an entry takes for granted. */
async function prepare(tenant: Tenant, { name, requestBody }: Fixture): Promise<void> {
  const hasNone = name === 'QR method: none registered';
  const isRefusedCreation = /PIN rejected|lifetime above/.test(name);
  if (hasNone || isRefusedCreation || name.startsWith('QR method: create')) {
    if (name !== 'QR method: create when one is active') return;
  }
  if (name.startsWith('QR policy')) return;
  const currentPin = (requestBody as { currentPin?: string } | null)?.currentPin;
  const digits = name.startsWith('PIN: user change') ? currentPin : PIN;
  await seedMethod(tenant, seedOf(name), digits);
}

function seedOf(name: string): object {
  const usedStandard = { ...STANDARD, lastUsedAt: USED_AT };
  if (name.startsWith('QR method: get')) {
    return { lastUsedAt: USED_AT, standardQRCode: usedStandard };
  }
  if (name === 'standard QR: create again') return { standardQRCode: null };
  const usedTemporary = { ...TEMPORARY, lastUsedAt: Date.parse('2026-03-05T14:01:09Z') };
  const wantsTemporary = /^temporary QR: (second|get|delete)/.test(name);
  return wantsTemporary ? { temporaryQRCode: usedTemporary } : {};
}

describe('every documented exchange of the QR code and PIN surface', () => {
  test('all 37 entries are here', () => {
    expect(fixtures).toHaveLength(37);
  });

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s',
    async (_, fixture) => {
      const tenant = newTenant();
      await prepare(tenant, fixture);
      const reply = await tenant.send(fixture.method, fixture.path, fixture.requestBody);
      expectDocumented(reply, fixture);
    },
  );
});
