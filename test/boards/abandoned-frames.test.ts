/** What comes of a command whose rest does not: a PIN or a key of it must not stay on the chip. */
import { expect, test } from 'vitest';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { encodeFrame } from '../../sim/link/frames.ts';
import { toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD, soon } from './bench.ts';
import { addressIn } from './module.ts';

const BUFFER_BYTES = 512;
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const PIN = '323731383238';
const VERIFY = Buffer.from(`0020008010${PIN}${'ff'.repeat(10)}`, 'hex');
const TOO_LONG = Buffer.from(PIN.repeat(100), 'hex');

test.each(EVERY_BOARD)('%s wipes what has come of a frame that it gives up', async (_, type) => {
  const bench = await Bench.powerOn({ type });
  const at = addressIn((await buildFirmware(type, 'release')).elf, 'buffer');
  const buffer = async () => toHex(await bench.board.qtest.read(at, BUFFER_BYTES));
  expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);

  bench.line.sendRaw(encodeFrame(VERIFY).subarray(0, -1));
  await soon(async () => (await buffer()).includes(PIN));
  await bench.runFor(3000);
  expect(await buffer()).toBe('00'.repeat(BUFFER_BYTES));

  expect(await bench.send(toHex(TOO_LONG))).toBe('6700');
  expect(await buffer()).toBe('00'.repeat(BUFFER_BYTES));
});
