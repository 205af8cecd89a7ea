/** Images with a master key that opens on the bench, and records that do not fit to it, or no more. */
import { COUNTER, CREDENTIAL, type ForgedRecord, forge, ID, SPENT, WRONG } from './forge.ts';
import { bytes, counter, credential, filler, hotp, number32, SERIAL } from './forged-records.ts';
import { brimful } from './page-images.ts';

/** Accounts and keys that answer challenges, whose tags are nobody's. */
export function foreignImages(master: ForgedRecord): Int32Array[] {
  const image = (...records: ForgedRecord[]) => forge([{ records: [SERIAL, master, ...records] }]);
  const salt: ForgedRecord = { identity: ID.access, payload: filler(8) };
  const responder = (slot: number, flags: number): ForgedRecord => ({
    identity: ID.responder + slot,
    payload: [flags, ...Array<number>(7).fill(0), ...filler(36)],
  });
  return [
    image(salt, { identity: CREDENTIAL, payload: credential() }),
    image(salt, counter(), { identity: CREDENTIAL, payload: credential(hotp) }),
    image(salt, { identity: CREDENTIAL + 31, payload: credential({ name: bytes('a:b') }) }),
    image(salt, responder(0, 0), responder(1, 2)),
    image(
      salt,
      { ...counter(7n, 0, 0) },
      { identity: CREDENTIAL, payload: credential({ reserved: 1 }) },
    ),
    image({ identity: ID.access, payload: filler(40) }),
    image(salt, { identity: COUNTER + 3, payload: filler(8), tallyLength: 24 }),
  ];
}

/** Words of a record of tries. */
const TRIES_WORDS = 27;

/** Tokens with a PIN and a PUK, with and without records of tries, that are full or nearly so. */
export function crowdedImages(master: ForgedRecord, puk: ForgedRecord): Int32Array[] {
  const tries = [ID.pinTries, ID.pukTries].map((identity) => ({
    identity,
    payload: number32(0),
    tally: identity === ID.pinTries ? [SPENT, WRONG] : [],
    tallyLength: 24,
  }));
  return [
    ...[-1, 0, 1].map((room) => brimful(room, master, puk, ...tries)),
    ...[-1, 0, 1].map((room) => brimful(room + TRIES_WORDS, master, puk)),
    ...[-1, 0, 1].map((room) => brimful(room + 2 * TRIES_WORDS, master, puk)),
  ];
}
