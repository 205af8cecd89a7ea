/** QR codes of every version up to 9, in the build that checks the alignment of every access. */
import { expect, test } from 'vitest';
import { encodeTlv } from '../../host/apdu.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { hex, toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD } from './bench.ts';
import { twin } from './token-image.ts';

/** Bytes that versions 1 to 9 have room for, at level L (ISO/IEC 18004, table 7); a text has 211 at most. */
const MOST_BYTES = [17, 32, 53, 78, 106, 134, 154, 192, 211];
const text = (content: string) => new TextEncoder().encode(content);
const SELECT_MANAGEMENT = '00a4040008a000000527471117';

/** PUT CREDENTIAL of a login QR code. */
function putLogin(bytes: number): string {
  const fields = [
    [0x71, text('q')],
    [0x73, [0x30, 0]],
    [0x7d, text('q'.repeat(bytes))],
  ] as const;
  const data = Buffer.concat(fields.map(([tag, value]) => encodeTlv(tag, value)));
  return `80020000${data.length.toString(16).padStart(2, '0')}${data.toString('hex')}`;
}

const CASES = EVERY_BOARD.flatMap(([board, type]) =>
  MOST_BYTES.map((bytes, index) => ({ board, type, bytes, version: index + 1 })),
);

test.each(CASES)('a QR code of version $version is drawn on $board', async ({ type, bytes }) => {
  const { elf } = await buildFirmware(type, 'checked');
  const { last_fault: fault } = await symbolsOf(elf);
  const bench = await Bench.powerOn({ type, kind: 'checked' });
  const { token } = twin();
  for (const command of [SELECT_MANAGEMENT, putLogin(bytes)]) {
    const expected = toHex(token.exchange(hex(command)));
    expect(expected).toMatch(/9000$/);
    expect(await bench.send(command)).toBe(expected);
  }
  const shown = toHex(token.frame);
  await bench.runFor(1000);
  expect(await bench.board.readWord(fault!)).toBe(0);
  expect(toHex(await bench.frame())).toBe(shown);
});
