/** What commands of the OATH and OTP applets leave in linear memory: nothing of a key. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Core, loadCore } from '../../host/core.ts';
import {
  calculate,
  command,
  configuration,
  nameOf,
  SELECT_OATH,
  SELECT_OTP,
  stepOf,
  tlv,
} from '../apdu/card.ts';
import { hex, testBoard, toHex } from '../fixtures.ts';
import { differencesNotOnFlash, traces } from './memory.ts';

const CHALLENGE = '0102030405060708';

/** Keys that differ in every byte, the same for the same number. */
function keyOf(number: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => (place * 73 + number * 57 + 11) & 0xff);
}

function talk(core: Core, bytes: string): string {
  const sent = hex(bytes);
  core.memory.set(sent, core.exports.buffer());
  const length = core.exports.exchange(sent.length);
  const start = core.exports.buffer();
  return toHex(core.memory.slice(start, start + length));
}

/** Everything that uses a key, each with the status that it answers. */
function commands(account: Uint8Array, access: Uint8Array): [string, RegExp][] {
  const mac = createHmac('sha1', access).update(hex(CHALLENGE)).digest('hex');
  const put = (name: string, type: string) =>
    command('00010000', nameOf(name), tlv(0x73, `${type}08${toHex(account)}`));
  const code = tlv(0x73, `21${toHex(access)}`);
  const response = command('00a30000', tlv(0x75, mac), tlv(0x74, CHALLENGE));
  const slot = { key: account.subarray(0, 20) };
  return [
    // No account yet: the display has nothing to read from flash over what a command left behind.
    [SELECT_OTP, /9000$/],
    [command('00010100', configuration(slot)), /9000$/],
    [command('00013000', '00'.repeat(64)), /9000$/],
    [SELECT_OATH, /9000$/],
    [command('00030000', code, tlv(0x74, CHALLENGE), tlv(0x75, '00'.repeat(20))), /^6984$/],
    [command('00030000', code, tlv(0x74, CHALLENGE), tlv(0x75, mac)), /^9000$/],
    [SELECT_OATH, /7b01019000$/],
    [response, /^6a80$/],
    ['0004dead', /^9000$/],
    [SELECT_OATH, /9000$/],
    [put('a', '21'), /^9000$/],
    [put('h', '13'), /^9000$/],
    [put('a', '22'), /^9000$/],
    [put('x', '41'), /^6a80$/],
    [calculate('a', 5n), /9000$/],
    [calculate('a', 5n, true), /9000$/],
    [calculate('h', null, true), /9000$/],
    [command('00a40000', stepOf(5n)), /9000$/],
    [command('00050000', nameOf('a'), nameOf('a longer name')), /^9000$/],
    [SELECT_OTP, /9000$/],
    [command('00010300', configuration({ ...slot, flags: 0x40 })), /9000$/],
  ];
}

function booted() {
  const { board, flash } = testBoard(undefined, null);
  const core = loadCore(board);
  core.exports.boot();
  return { core, flash };
}

describe('linear memory, after each command of the OATH and OTP applets', () => {
  const account = keyOf(1, 24);
  const access = keyOf(2, 16);

  it('holds no key of an account, of a slot or of the applet', () => {
    const { core } = booted();
    for (const [bytes, status] of commands(account, access)) {
      expect(talk(core, bytes)).toMatch(status);
      for (const key of [account, access]) expect(traces(core.memory, key)).toEqual([]);
    }
  });

  // The next command overwrites the answer, which says something of the key by intention.
  it('holds nothing that depends on a key, once the next command is answered', () => {
    const one = booted();
    const other = booted();
    const others = commands(keyOf(3, 24), keyOf(4, 16));
    for (const [index, [bytes]] of commands(account, access).entries()) {
      talk(one.core, bytes);
      talk(other.core, others[index]![0]);
      for (const { core } of [one, other]) {
        core.exports.press(1);
        talk(core, '00ff0000');
      }
      // The display may show a counter's account: its key is the prepared one, until it moves on.
      for (const { core } of [one, other])
        while (!text(core).startsWith('oathfob')) core.exports.press(1);
      const images = [one.flash.image, other.flash.image];
      const found = differencesNotOnFlash(one.core.memory, other.core.memory, ...images);
      expect(found, bytes.slice(0, 8)).toEqual([]);
    }
  });
});

function text({ exports, memory }: Core): string {
  const start = exports.screenText();
  return new TextDecoder().decode(memory.slice(start, start + exports.screenTextLength()));
}
