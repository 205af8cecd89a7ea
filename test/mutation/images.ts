/**
 * Flash images made by hand: what no firmware of ours writes, or writes only at the edge of what it
 * accepts. A token is powered on over each.
 */
import { BLANK } from '../power/bench.ts';
import { COUNTER, CREDENTIAL, type ForgedRecord, forge, ID, RIGHT, SPENT, WRONG } from './forge.ts';
import {
  bytes,
  clock,
  counter,
  credential,
  filler,
  type Head,
  hotp,
  MASTER,
  number32,
  number64,
  onePage,
  SERIAL,
  vault,
  withHead,
} from './forged-records.ts';
import { lives, pages } from './page-images.ts';

/** A login QR code of ten bytes: the upper half of the reserved word is the length of its text. */
const QR_LENGTH = 10;
const LOGIN = {
  type: 0x30,
  digits: 0,
  period: 0,
  keyLength: 0,
  reserved: QR_LENGTH << 8,
  length: 8 + 3 + 16 + QR_LENGTH,
};
/** In what it may be wrong: each thing that makes a code, and a text that is missing. */
const LOGINS: readonly Head[] = [
  {},
  { type: 0x31 },
  { digits: 1 },
  { period: 1 },
  { period: 256 },
  { keyLength: 1, length: LOGIN.length + 1 },
  { reserved: LOGIN.reserved | 1 },
  { reserved: 0, length: LOGIN.length - QR_LENGTH },
];

function credentials(): Int32Array[] {
  const name = (length: number) => Array<number>(length).fill(0x61);
  return [
    ...[0x01, 0x10, 0x11, 0x13, 0x14, 0x20, 0x22, 0x23, 0x24, 0x31, 0xa1, 0x61].map((type) =>
      withHead({ type, period: type >> 4 === 1 ? 0 : 30 }, counter()),
    ),
    ...[0, 5, 6, 7, 8, 9, 255].map((digits) => withHead({ digits })),
    ...[0, 1, 2, 3599, 3600, 3601, 65535].map((period) => withHead({ period })),
    ...[1, 30].map((period) => withHead({ type: 0x11, period }, counter())),
    ...[0, 1, 2, 63, 64, 65, 80].map((length) => withHead({ name: name(length) })),
    ...[2, 4, 64].map((nameLength) => withHead({ nameLength })),
    ...[0, 1, 2, 127, 128, 129, 140].map((keyLength) => withHead({ keyLength })),
    ...[0, 1, 7, 8, 9, 26, 27, 46, 48, 60].map((length) => withHead({ length })),
    ...[64, 65, 63].map((length) => withHead({ name: name(length), keyLength: 128 })),
    ...[1, 2, 3, 4, 0x80, 0x100, 0x8000].map((reserved) => withHead({ reserved })),
    ...LOGINS.map((fields) => withHead({ ...LOGIN, ...fields })),
    ...[0, 1, 24].map((tallyLength) => withHead({ reserved: 1 }, counter(4n, 0, tallyLength))),
    withHead(hotp),
    ...[0n, 2n ** 32n - 2n, 2n ** 64n - 3n].map((start) => withHead(hotp, counter(start, 2))),
    ...[23, 24, 25, 26, 63].map((tallyLength) => withHead(hotp, counter(1n, 2, tallyLength))),
    ...[0, 22, 23, 24].map((spent) => withHead(hotp, counter(9n, spent))),
    ...[0, 4, 7, 9, 12].map((length) => withHead(hotp, { ...counter(), payload: filler(length) })),
    onePage(counter(), {
      identity: CREDENTIAL + 31,
      payload: credential({ name: bytes('last slot') }),
    }),
    onePage({ identity: CREDENTIAL + 31, payload: credential({ digits: 5 }) }),
  ];
}

function vaults(): Int32Array[] {
  const master = (payload: readonly number[], ...others: ForgedRecord[]) =>
    forge([{ records: [SERIAL, { identity: ID.master, payload }, ...others] }]);
  const heads = [
    [0, 0], [0, 1], [0, 1000], [1, 0], [1, 1], [1, 3], [2, 0], [2, 1], [2, 3_999],
    [2, 4_000], [1, 4_001], [1, 2 ** 31], [3, 3], [4, 0], [256, 3],
  ] as const; // biome-ignore format: a table
  const other = (identity: number, payload: readonly number[]) =>
    forge([{ records: [MASTER, { identity, payload }] }]);
  return [
    ...['', 'A', 'A B', '/', ':', 'x'.repeat(32), 'x'.repeat(33)].map((text) =>
      other(ID.serial, bytes(text)),
    ),
    ...[7, 8, 15, 16, 17].map((length) => other(ID.clock, Array<number>(length).fill(0))),
    ...[7, 8, 9, 39, 40, 41, 44].map((length) => other(ID.access, filler(length))),
    ...[0, 39, 40, 41].map((length) => other(ID.adminKey, filler(length))),
    ...[0, 3, 5, 8].map((length) => other(ID.pinTries, filler(length))),
    ...[0, 43, 44, 45].flatMap((length) =>
      [0, 1].map((slot) =>
        other(ID.responder + slot, [0, ...Array<number>(length).fill(0)].slice(1)),
      ),
    ),
    ...[0, 1, 3, 4, 255].flatMap((flags) =>
      [0, 1].map((slot) => other(ID.responder + slot, [flags, ...Array<number>(43).fill(0)])),
    ),
    other(ID.responder, [0, 1, ...Array<number>(42).fill(0)]),
    ...[253402300799n, 253402300800n].map((setAt) => other(ID.clock, clock(setAt, 0))),
    ...[1, 2, 256].map((wasSetBack) => other(ID.clock, clock(5n, wasSetBack))),
    ...heads.map(([policy, iterations]) => master(vault({ policy, iterations }))),
    ...heads.map(([policy, iterations]) =>
      onePage({ identity: ID.puk, payload: vault({ policy, iterations }) }),
    ),
    ...[0, 68, 71, 73, 76].map((length) => master(vault({ length }))),
    ...[71, 73].map((length) => onePage({ identity: ID.puk, payload: vault({ length }) })),
    // A destruction that was interrupted: no master key, and something of everything else.
    forge([
      {
        records: [
          SERIAL,
          { identity: ID.puk, payload: vault({ policy: 1, iterations: 3 }) },
          { identity: ID.pinTries, payload: number32(1), tally: [SPENT, WRONG], tallyLength: 24 },
          { identity: ID.pukTries, payload: number32(0), tallyLength: 24 },
          counter(),
          { identity: CREDENTIAL, payload: credential(hotp) },
          { identity: CREDENTIAL + 31, payload: credential() },
          { identity: COUNTER + 31, payload: number64(1n), tallyLength: 24 },
        ],
      },
    ]),
  ];
}

/** Tries of a PIN in every state that a pair of words can be in. */
function tries(): Int32Array[] {
  const pin: ForgedRecord = { identity: ID.master, payload: vault({ policy: 1, iterations: 3 }) };
  const puk: ForgedRecord = { identity: ID.puk, payload: vault({ policy: 1, iterations: 3 }) };
  const [failed, torn, right] = [
    [SPENT, WRONG],
    [SPENT, 0x7ac5965a],
    [SPENT, RIGHT],
  ];
  const pairs = [
    [], failed, right, torn, [SPENT], [SPENT, 0], [RIGHT], [0xfffffffe | 0], [BLANK, WRONG],
    [...right, ...failed], [...failed, ...right], [...failed, ...failed, ...right, SPENT],
    [...right, ...Array(3).fill(failed).flat()], [...right, ...Array(4).fill(failed).flat()],
    [...right, ...Array(5).fill(failed).flat()], [...right, ...Array(7).fill(failed).flat()],
    [...right, ...Array(8).fill(failed).flat()], [...right, ...Array(9).fill(failed).flat()],
    Array(11).fill(failed).flat(), Array(12).fill(failed).flat(), Array(12).fill(right).flat(),
    [...Array(11).fill(failed).flat(), SPENT], [...Array(11).fill(right).flat(), ...failed],
    [...right, ...Array(10).fill(failed).flat()],
  ] as number[][]; // biome-ignore format: a table
  return [0, 3, 7].flatMap((carried) =>
    pairs.map((tally, index) => {
      const identity = index % 2 === 0 ? ID.pinTries : ID.pukTries;
      const others = [ID.pinTries, ID.pukTries].map((each) => ({
        identity: each,
        payload: number32(each === identity ? carried : 0),
        tally: each === identity || carried === 3 ? tally : [],
        tallyLength: 24,
      }));
      return forge([{ records: [SERIAL, pin, puk, ...others] }]);
    }),
  );
}

/**
 * All of them, by what they are about.
 * @param master  the record of a master key that opens on the bench
 */
export function forgedImages(
  master: ForgedRecord,
): Readonly<Record<string, readonly Int32Array[]>> {
  return {
    credentials: credentials(),
    vaults: vaults(),
    tries: tries(),
    pages: pages(),
    lives: lives(master),
  };
}
