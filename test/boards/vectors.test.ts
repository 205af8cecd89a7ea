/**
 * The published vectors, by APDU, on boards that carry token.wasm in the build that checks the alignment
 * of every access: codes over the OATH applet, MACs over the OTP applet, DES by the admin key.
 */
import { describe, expect, test } from 'vitest';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { toHex } from '../fixtures.ts';
import { answerTo } from '../pin/admin.ts';
import { Bench, EVERY_BOARD } from './bench.ts';
import { instanceIn } from './module.ts';
import {
  CODES,
  type CodeVector,
  codeFault,
  DES,
  type DesVector,
  tripled,
  USED_UP,
} from './vectors.ts';

const DONE = '9000';
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const WRITE_SERIAL = '800100000a4c4d502d303030343137';
const KIND = 'checked';
const GET_CHALLENGE = '0084000008';
/** The last digit of a code, of a MAC or of a block is another one. */
const spoilt = (text: string, radix: number) =>
  text.slice(0, -1) + (Number.parseInt(text.at(-1)!, radix) ^ 1).toString(radix);

/** A blank board. Its clock was never set, so that a host may ask for the code of any time. */
const blank = (type: BoardType) => Bench.powerOn({ type, kind: KIND });

describe.each(EVERY_BOARD)('token.wasm on %s', (_, type) => {
  test('gives the codes of RFC 4226 and 6238 and MACs of RFC 2202, and one that is wrong fails', async () => {
    const bench = await blank(type);
    const send = (command: string) => bench.send(command);
    for (const vector of CODES) {
      expect(await codeFault(vector, send), vector.name).toBeNull();
      expect(await codeFault(spoiltCode(vector), send), vector.name).not.toBeNull();
    }
    expect(await codeFault(USED_UP, send)).toBe('6985');
    const hashes = new Set(CODES.map(({ hash }) => hash));
    expect([...hashes].sort()).toEqual(['SHA1', 'SHA256', 'SHA512']);
  });

  test('checks answers by the DES of SP 800-20, and one that is wrong fails', async () => {
    const bench = await blank(type);
    const { elf } = await buildFirmware(type, KIND);
    const done = async (command: string) => expect(await bench.send(command)).toMatch(/9000$/);
    await done(SELECT_MANAGEMENT);
    await done(WRITE_SERIAL);
    await done(`0024018218${toHex(tripled(DES[0]!))}`);
    for (const [index, vector] of DES.entries()) {
      expect(await statusOf(bench, elf, vector), vector.plaintext).toBe(DONE);
      // A challenge as the board drew it, answered by another implementation, brings the next key.
      const next = DES[index + 1] ?? DES[0]!;
      const answer = answerTo(await challenge(bench), tripled(vector));
      await done(`0024008220${toHex(answer)}${toHex(tripled(next))}`);
    }
    const [first] = DES;
    const wrong = { ...first!, ciphertext: spoilt(first!.ciphertext, 16) };
    expect(await statusOf(bench, elf, wrong)).toBe('63c4');
  });
});

const spoiltCode = (vector: CodeVector): CodeVector => ({
  ...vector,
  expected: spoilt(vector.expected, vector.answer === 'code' ? 10 : 16),
});

async function challenge(bench: Bench): Promise<Uint8Array> {
  const answer = await bench.send(GET_CHALLENGE);
  expect(answer).toHaveLength(20);
  expect(answer.endsWith(DONE)).toBe(true);
  return Uint8Array.from(Buffer.from(answer.slice(0, -4), 'hex'));
}

/**
 * Asks for a challenge, puts the plaintext of a vector in its place, and answers the ciphertext. No
 * command sets a challenge; so that is done in the memory of the chip, wherever those bytes are.
 */
async function statusOf(bench: Bench, elf: string, { plaintext, ciphertext }: DesVector) {
  const drawn = await challenge(bench);
  const { qtest } = bench.board;
  const { address, length } = instanceIn(elf);
  const memory = Buffer.from(await qtest.read(address, length));
  let at = memory.indexOf(drawn);
  expect(at).toBeGreaterThan(0);
  for (; at >= 0; at = memory.indexOf(drawn, at + 1)) {
    await qtest.write(address + at, Buffer.from(plaintext, 'hex'));
  }
  return bench.send(`0082008208${ciphertext}`);
}
