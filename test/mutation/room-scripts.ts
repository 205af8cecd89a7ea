/** Accounts, slots and codes that are put where there is just room for them, or one word too few. */
import { createHmac } from 'node:crypto';
import { command, configuration, nameOf, put, SELECT_OATH, SELECT_OTP, tlv } from '../apdu/card.ts';
import { hex } from '../fixtures.ts';
import { NOON } from '../power/histories.ts';
import type { ForgedRecord } from './forge.ts';
import { powerOn, type Runs, tell } from './life.ts';
import { brimful, nearlyFull } from './page-images.ts';
import type { Subject } from './subject.ts';

/** Words of the records: an account with a key of 20 bytes and a name of one, and what it may need. */
const ACCOUNT = 14;
const COUNTER = 28;
const LAST_STEP = 4;
const RESPONDER = 13;
const SALT = 4;
const SALT_AND_CODE = 12;
/** Words that a key of 64 bytes takes more than one of 20. */
const LONGER = 11;
/** Words that a name of seven bytes takes more than one of one. */
const LONGER_NAME = 1;

const INCREASING = '7801';
const CODE = accessCode('a5'.repeat(16));

interface Put {
  readonly commands: readonly string[];
  /** Words at which all of it just fits. */
  readonly words: number;
}

/** What has room while the token's own records have theirs. */
const PUTS: readonly Put[] = [
  { commands: [SELECT_OATH, put('q')], words: ACCOUNT },
  { commands: [SELECT_OATH, put('q', 0x11)], words: ACCOUNT + COUNTER },
  { commands: [SELECT_OATH, put('q', 0x21, INCREASING)], words: ACCOUNT + LAST_STEP },
  { commands: [SELECT_OATH, put('q', 0x11), longer(0x11)], words: ACCOUNT + COUNTER + LONGER },
  { commands: [SELECT_OATH, put('q'), longer(0x21)], words: ACCOUNT + LONGER },
  { commands: [SELECT_OATH, put('q'), put('q', 0x11), put('q')], words: ACCOUNT + COUNTER },
  { commands: [SELECT_OATH, put('q'), rename('q', 'renamed')], words: ACCOUNT + LONGER_NAME },
  { commands: [SELECT_OTP, program(1), program(1)], words: RESPONDER },
  { commands: [SELECT_OTP, program(1), program(2)], words: 2 * RESPONDER },
];

/** What is the token's own, and has all the room there is. */
const OWN_PUTS: readonly Put[] = [
  { commands: [SELECT_OATH], words: SALT },
  { commands: [SELECT_OATH, CODE, CODE], words: SALT_AND_CODE },
];

/** @param master of a token without a PIN */
export function roomRuns(master: ForgedRecord): Runs {
  const run = (puts: readonly Put[], imageOf: typeof nearlyFull) => (subject: Subject) => {
    for (const { commands, words } of puts) {
      for (const room of [words - 1, words]) talk(subject, imageOf(room, master), commands);
    }
  };
  return [
    ['room for accounts', run(PUTS, nearlyFull)],
    ["room for the token's own", run(OWN_PUTS, brimful)],
  ];
}

function talk(subject: Subject, words: Int32Array, commands: readonly string[]): void {
  const token = powerOn(subject, { words, clock: NOON });
  for (const bytes of commands) token.exchange(hex(bytes));
  tell(token);
}

/** PUT of an account of the same name with a key of 64 bytes, the most that SHA-1 takes as it is. */
function longer(type: number): string {
  const head = type.toString(16);
  return command('00010000', nameOf('q'), tlv(0x73, `${head}08${'6b'.repeat(64)}`));
}

function rename(from: string, to: string): string {
  return command('00050000', nameOf(from), nameOf(to));
}

/** A slot of the OTP applet that answers challenges. */
function program(slot: 1 | 2): string {
  return command(slot === 1 ? '00010100' : '00010300', configuration({ flags: 0x22 }));
}

/** SET CODE: of 16 bytes, in hex. */
function accessCode(code: string): string {
  const challenge = '0102030405060708';
  const proof = createHmac('sha1', hex(code)).update(hex(challenge)).digest('hex');
  return command('00030000', tlv(0x73, `21${code}`), tlv(0x74, challenge), tlv(0x75, proof));
}
