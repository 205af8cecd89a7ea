/** Codes of a token that are to be refused, where chance has it that they are right as well. */
import { expect, test } from 'vitest';
import type { Cause } from '../../host/explain.ts';
import type { ExplainRequest, TokenState } from '../../sim/web/protocol.ts';
import type { ServerClient } from '../../sim/web/server/client.ts';
import { KnownToken, mistyped } from '../../sim/web/server/known-token.ts';
import { WorldTime } from '../../sim/web/time/world-time.ts';
import type { TokenClient } from '../../sim/web/token-client.ts';

const PERIOD = 30;
const NO_OTHER: ReadonlyMap<string, Cause> = new Map();

/** A token whose codes are the numbers of its steps. @param others  what codes are, by chance */
async function desk(otherwise: Cause, others = NO_OTHER) {
  const world = { isRunning: false, timeSeconds: 1000 * PERIOD } as const;
  const server = { readClock: async () => world, setClock: async () => true };
  const token = {
    setWorld: async () => undefined,
    explain: async ({ code }: ExplainRequest) => ({ cause: others.get(code) ?? otherwise }),
  } as unknown as TokenClient;
  const time = new WorldTime(server as unknown as ServerClient, token);
  await time.follow();
  const stepNow = () => Math.floor(time.now / PERIOD);
  const current = () =>
    ({ isOn: true, code: String(stepNow()).padStart(6, '0'), driftSeconds: 0 }) as TokenState;
  const known = new KnownToken(server as unknown as ServerClient, token, time, current);
  return { known, stepNow };
}

test('a wrong code is the right one but for its last digit', async () => {
  const { known } = await desk('mistyped');
  expect(await known.wrongCode('123459')).toBe('123450');
});

test('a wrong code that another step has, or another token, is passed over', async () => {
  const others = new Map<string, Cause>([
    ['123450', 'right'],
    ['123451', 'otherToken'],
    ['123452', 'oldStep'],
  ]);
  const { known } = await desk('mistyped', others);
  expect(await known.wrongCode('123459')).toBe('123453');
});

test('an old code is one of four steps ago', async () => {
  const { known, stepNow } = await desk('oldStep');
  expect(await known.oldCode()).toBe('001000');
  expect(stepNow()).toBe(1004);
});

test('an old code that a newer step has as well is not waited for any more', async () => {
  const { known, stepNow } = await desk('oldStep', new Map([['001000', 'right']]));
  expect(await known.oldCode()).toBe('001004');
  expect(stepNow()).toBe(1008);
});

test('of a token whose codes nobody knows, any will do', async () => {
  const { known } = await desk('unknown');
  expect(await known.wrongCode('123459')).toBe('123450');
  expect(await known.oldCode()).toBe('001000');
});

test.each([
  ['OF-12345678', 'OF-12345673'],
  ['FOB-A', 'FOB-5'],
  ['FOB-', 'FOB5'],
])('the serial number %s is mistyped as %s', (serialNumber, wrong) => {
  expect(mistyped(serialNumber)).toBe(wrong);
});
