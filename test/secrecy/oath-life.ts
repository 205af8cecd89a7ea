/**
 * The part of a token's life that goes over the OATH and OTP applets. An answer tells something of a
 * key by intention, so another command follows each within its step; and the display is turned to the
 * page about the token, which reads nothing from flash over what a command has left behind.
 */
import { createHmac } from 'node:crypto';
import { TokenError } from '../../host/index.ts';
import { command, configuration, nameOf, SELECT_OATH, SELECT_OTP, tlv } from '../apdu/card.ts';
import { hex, toHex } from '../fixtures.ts';
import type { Body } from './body.ts';
import type { Step } from './life.ts';

const CHALLENGE = '0102030405060708';
const NAME = 'o:totp';

type Commands = (body: Body) => readonly string[];

/** A step of some commands, of which the last one may be refused. */
function sends(title: string, commands: Commands, refused?: string): Step {
  const act = (body: Body) => {
    for (const bytes of commands(body)) send(body, bytes);
  };
  return refused === undefined ? { title, act } : { title, act, refused };
}

/** The answer to a command, which the next one overwrites. */
function send({ token }: Body, bytes: string): Uint8Array {
  const answer = token.exchange(hex(bytes));
  token.exchange(hex('00ff0000'));
  const status = new DataView(answer.buffer).getUint16(answer.length - 2);
  if (status !== 0x9000) throw TokenError.fromStatusWord(status);
  return answer;
}

const keyOf = ({ owner }: Body) => owner.seeds[0]!.bytes;
const accessOf = ({ owner }: Body) => owner.seeds[1]!.bytes.subarray(0, 16);
const macOf = (body: Body, challenge: Uint8Array) =>
  createHmac('sha1', accessOf(body)).update(challenge).digest('hex');

const setCode = (proof: (body: Body) => string) => (body: Body) => {
  const code = tlv(0x73, `21${toHex(accessOf(body))}`);
  return [command('00030000', code, tlv(0x74, CHALLENGE), tlv(0x75, proof(body)))];
};
const rightProof = (body: Body) => macOf(body, hex(CHALLENGE));

/** SELECT, and the proof of the access code for the challenge that came with it. */
function validate(body: Body, spoil = 0): void {
  const greeting = send(body, SELECT_OATH);
  const response = hex(macOf(body, greeting.subarray(17, 25)));
  response[7]! ^= spoil;
  send(body, command('00a30000', tlv(0x75, toHex(response)), tlv(0x74, CHALLENGE)));
}
const proves: Step = { title: 'proves the access code', act: (body) => validate(body) };
const toTokenPage: Step = { title: 'looks at the token', act: ({ token }) => token.press('up') };

const stepNow = ({ clock }: Body) =>
  tlv(
    0x74,
    Math.floor(clock.read()! / 30)
      .toString(16)
      .padStart(16, '0'),
  );
const rename = (from: string, to: string) => () => [command('00050000', nameOf(from), nameOf(to))];
const deaf = (isDeaf: boolean): Step => ({
  title: `the flash takes ${isDeaf ? 'no' : 'every'} write`,
  act: (body) => {
    body.isDeaf = isDeaf;
  },
});
const powerOn: Step = { title: 'powers on', act: (body) => body.powerOn() };

/** Begins with a token without accounts and PIN, whose clock is set. */
export const OATH_LIFE: readonly Step[] = [
  sends('configures a slot', (body) => [
    SELECT_OTP,
    command('00010100', configuration({ key: keyOf(body) })),
  ]),
  sends('challenges it', () => [command('00013000', '00'.repeat(64))]),
  sends(
    'proves no access code',
    (body) => [SELECT_OATH, ...setCode(() => '00'.repeat(20))(body)],
    'NO_SUCH_DATA',
  ),
  deaf(true),
  sends('sets an access code', setCode(rightProof), 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  sends('sets an access code', (body) => [SELECT_OATH, ...setCode(rightProof)(body)]),
  sends('is asked for it', () => [SELECT_OATH]),
  sends('is asked for another one', () => [SELECT_OATH, '00a10000'], 'NOT_ALLOWED'),
  sends('goes elsewhere', () => [SELECT_OTP]),
  { title: 'proves it wrongly', act: (body) => validate(body, 1), refused: 'WRONG_DATA' },
  proves,
  sends('puts an account', (body) => [
    command('00010000', nameOf(NAME), tlv(0x73, `2108${toHex(keyOf(body))}`)),
  ]),
  toTokenPage,
  sends('lets a host have a code', (body) => [command('00a20001', nameOf(NAME), stepNow(body))]),
  sends('lets it have a whole MAC', (body) => [command('00a20000', nameOf(NAME), stepNow(body))]),
  sends('lets it have all codes', (body) => [command('00a40001', stepNow(body))]),
  deaf(true),
  sends('renames the account', rename(NAME, 'longer name'), 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  toTokenPage,
  proves,
  sends('renames the account', rename(NAME, 'longer name')),
  sends('makes an account of a slot', (body) => [
    SELECT_OTP,
    command('00010300', configuration({ key: keyOf(body), flags: 0x40 })),
  ]),
  sends('resets everything', () => [SELECT_OATH, '0004dead']),
];
