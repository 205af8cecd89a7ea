import { expect, test } from 'vitest';
import { displayedCode } from '../displayed-code.ts';
import { FREE, NOORS, SPARE, startSeconds } from '../support.ts';
import { runClassicSdk } from './classic.ts';

const devices = [SPARE, FREE, NOORS].map(
  ({ serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds }) => ({
    serialNumber,
    manufacturer,
    model,
    secretKey,
    timeIntervalInSeconds,
  }),
);

async function liveWithTheClassicSdk() {
  const codes = Object.fromEntries(
    [SPARE, FREE].map((device) => [device.serialNumber, displayedCode(device, startSeconds)]),
  );
  return runClassicSdk('./classic-life.mjs', () => ({ devices, codes }));
}

test('the classic official SDK lives the whole life of a token over https', async () => {
  const seen = await liveWithTheClassicSdk();
  const serials = devices.map(({ serialNumber }) => serialNumber);
  expect(seen.created).toMatchObject({ serialNumber: SPARE.serialNumber, status: 'available' });
  expect(seen.bulk.value.map((device: { status: string }) => device.status)).toEqual([
    'available',
    'available',
  ]);
  expect(seen.assigned.device).toMatchObject({
    serialNumber: FREE.serialNumber,
    status: 'assigned',
  });
  // The SDK turns a 204 into undefined, which JSON leaves out.
  expect(seen).not.toHaveProperty('activated');
  expect(seen).not.toHaveProperty('bySerial');
  expect(seen).not.toHaveProperty('deactivated');
  expect(seen.wrong).toMatchObject({
    statusCode: 400,
    code: 'badRequest',
    message: 'The verification code is not valid.',
  });
  expect(seen.wrong.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Date(seen.wrong.date).getTime()).not.toBeNaN();
  expect(seen.methods.value).toMatchObject([
    { device: { serialNumber: FREE.serialNumber, status: 'activated', displayName: 'Desk' } },
    { device: { serialNumber: SPARE.serialNumber, status: 'activated' } },
  ]);
  expect(seen.filtered.value).toEqual([{ id: seen.bulk.value[1].id, status: 'available' }]);
  expect(seen.paged).toEqual(serials);
  expect(seen.batch).toEqual([200, 204]);
  expect(seen.left.value).toEqual([]);
});
