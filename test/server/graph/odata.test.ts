import { describe, expect, test } from 'vitest';
import { DEVICES, FREE, IVO, MY_METHODS, NOOR, SPARE, type Tenant, tenant } from '../support.ts';

const serials = async (on: Tenant, query: string) => {
  const { status, body } = await on.send('GET', `${DEVICES}?${query}`);
  return status === 200
    ? body.value.map((device: { serialNumber: string }) => device.serialNumber)
    : status;
};

describe('$filter', () => {
  test.each([
    ["manufacturer eq 'Lamplight' and model eq 'Pebble T2'", ['LMP-000418']],
    ['timeIntervalInSeconds eq 60', ['LMP-000418']],
    ["hashFunction eq 'hmacsha256'", ['LMP-000418']],
    [`assignedTo/id eq '${NOOR.id}'`, ['LMP-000420']],
    [`assignedTo/displayName eq '${IVO.displayName}'`, ['LMP-000418']],
    ['assignedTo eq null', ['LMP-000417', 'LMP-000419']],
    ["model eq 'O''Neill'", []],
    ["model ne 'Pebble T1'", 400],
    ["startswith(model,'P')", 400],
    ["secretKey eq 'JBSWY3DPEHPK3PXP'", 400],
    ["constructor eq 'x'", 400],
    ["model eq 'a' or model eq 'b'", 400],
    ["model eq 'unterminated", 400],
    ["model eq 'a' and", 400],
    ['', 400],
  ])('%s', async (filter, expected) => {
    expect(await serials(tenant(), `$filter=${encodeURIComponent(filter)}`)).toEqual(expected);
  });

  test('a quote in a value is written twice', async () => {
    const on = tenant([{ ...FREE, model: "O'Neill" }]);
    expect(await serials(on, `$filter=${encodeURIComponent("model eq 'O''Neill'")}`)).toHaveLength(
      1,
    );
  });
});

describe('paging', () => {
  test('follows every nextLink to the last page, filter and choice included', async () => {
    const devices = Array.from({ length: 25 }, (_, index) => ({
      ...FREE,
      sequence: index + 1,
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      serialNumber: `PAGE-${index}`,
      model: index % 2 === 0 ? 'Even' : 'Odd',
    }));
    const on = tenant(devices);
    const query = "$top=4&$select=serialNumber&$filter=model%20eq%20'Even'";
    const seen: string[] = [];
    let path: string | undefined = `${DEVICES}?${query}`;
    while (path) {
      const { body } = await on.send('GET', path);
      seen.push(...body.value.map((device: { serialNumber: string }) => device.serialNumber));
      expect(Object.keys(body.value[0])).toEqual(['serialNumber']);
      const next: string | undefined = body['@odata.nextLink'];
      path = next && new URL(next).pathname + new URL(next).search;
    }
    expect(seen).toEqual(
      devices.filter(({ model }) => model === 'Even').map((d) => d.serialNumber),
    );
  });

  test('a link that the classic SDK glued onto its base is unwrapped', async () => {
    const on = tenant();
    const { body } = await on.send('GET', `${DEVICES}?$top=3`);
    const glued = `/beta/${body['@odata.nextLink']}`;
    expect((await on.send('GET', glued)).body.value).toHaveLength(1);
  });

  test('goes on where it was when a device of an earlier page is deleted', async () => {
    const on = tenant();
    const { body } = await on.send('GET', `${DEVICES}?$top=3`);
    await on.send('DELETE', `${DEVICES}/${SPARE.id}`);
    const next = new URL(body['@odata.nextLink']);
    const second = await on.send('GET', next.pathname + next.search);
    expect(second.body.value.map((d: { serialNumber: string }) => d.serialNumber)).toEqual([
      'LMP-000420',
    ]);
  });

  test.each([
    '$top=0',
    '$top=1001',
    '$top=x',
    '$skiptoken=x',
    '$orderby=model',
    '$count=true',
    '$skip=1',
  ])('%s is refused', async (query) => {
    expect(await serials(tenant(), query)).toBe(400);
  });
});

describe('$select', () => {
  test('refuses a property that does not exist', async () => {
    expect(await serials(tenant(), '$select=id,colour')).toBe(400);
  });

  test('on methods keeps the type and gives an empty property as null', async () => {
    const { body } = await tenant().send('GET', `${MY_METHODS}?$select=id,lastUsedDateTime`);
    expect(body.value).toEqual([
      {
        '@odata.type': '#microsoft.graph.hardwareOathAuthenticationMethod',
        id: 'be2758d1-0a93-4c6f-97e5-4d8b1f3c6a09',
        lastUsedDateTime: null,
      },
    ]);
  });
});
