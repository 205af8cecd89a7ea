/** `token import`: puts the accounts of a record on a token; all of them or none. */
import {
  type CredentialInfo,
  deleteCredential,
  putCredential,
  readCredential,
} from '../../../host/management.ts';
import { readPinStatus, verifyPin } from '../../../host/pin.ts';
import { incomplete } from '../../../host/provision/refusal.ts';
import { accountName, type SeedRecord, wipe } from '../../../host/provision/seed-record.ts';
import type { Token } from '../../../host/token.ts';
import { credentialOf } from '../../write-record.ts';
import { fault } from '../errors.ts';
import { PIN_KIND, PinInput } from '../pin/input.ts';
import type { LockedToken } from '../pin/keys.ts';
import { attempt, blocked, waitForTry } from '../pin/tries.ts';
import { readRecords } from '../record-input.ts';
import { readKey } from '../record-output.ts';
import { checkOneStdin } from '../secret-input.ts';
import { optionalTime } from '../time.ts';
import { demandFit, infoOf, withToken } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { AT, FILE, PIN, RECORD_UNLOCK } from './options.ts';
import { wordsOf } from './token-info.ts';
import { LONGEST_NAME_BYTES, parseName } from './token-new.ts';

export default defineVerb({
  description: 'put the accounts of a record on a token, all of them or none',
  args: {
    file: FILE,
    from: {
      type: 'string',
      required: true,
      valueHint: 'record',
      description:
        'otpauth or export addresses, a picture of their QR codes, pskc, entra-csv, graph',
    },
    name: {
      type: 'string',
      valueHint: 'issuer:account',
      description: 'of the account, if the record has one only',
    },
    ...RECORD_UNLOCK,
    at: AT,
    pin: { ...PIN, description: 'the PIN, for a token that has one' },
  },
  run: async ({ file, from, name, passphrase, key, at, pin }, session) => {
    const { io } = session;
    checkOneStdin({ from, passphrase, key, pin });
    const timeSeconds = optionalTime(at, 'at');
    const unlock = await readKey(io, { passphrase, key });
    const { records } = await readRecords(from, unlock, session);
    const input = new PinInput(io, { pin });
    try {
      const named = withNames(records, name);
      const added = await withToken(file, timeSeconds, async (token, board) => {
        demandFit(token, session.report);
        checkRoom(token, named);
        // With --at too this is no look: what is written stays, and so does a try of the PIN.
        board.keep();
        await verifyIfLocked({ token, board, file, input }, session);
        return putAll(token, named);
      });
      const accounts = added.map(({ counter, ...account }) => ({
        ...account,
        counter: counter === null ? null : String(counter),
      }));
      session.report.result('token.import/1', { accounts }, added.map(wordsOf));
    } finally {
      input.wipe();
      wipe(records);
    }
  },
});

/** Names as the token gets them; a record without one goes by its serial number. */
function withNames(records: readonly SeedRecord[], name: string | undefined): SeedRecord[] {
  if (name !== undefined && records.length !== 1) {
    throw fault('USAGE', `--name is for one account, and the record has ${records.length}`);
  }
  return records.map((record, index) => {
    const { serialNumber, account = serialNumber, issuer } = record;
    const label =
      name === undefined ? { issuer, account } : { issuer: undefined, ...parseName(name) };
    const place = `account ${index + 1}`;
    if (label.account === undefined) {
      throw incomplete(place, 'it has no name', 'give it one with --name ISSUER:ACCOUNT');
    }
    const fullName = accountName(label);
    if (/\p{Cc}/u.test(fullName)) {
      throw fault('USAGE', `${place}: its name has a control character in it`);
    }
    const bytes = new TextEncoder().encode(fullName).length;
    if (bytes > LONGEST_NAME_BYTES) {
      throw fault('USAGE', `${place}: its name has more than ${LONGEST_NAME_BYTES} bytes`);
    }
    return { ...record, ...label };
  });
}

/** Sees before anything is written that every account has a slot and a name of its own. */
function checkRoom(token: Token, records: readonly SeedRecord[]): void {
  const { credentials, slots } = infoOf(token);
  const taken = new Set(credentials.map(({ name }) => name));
  for (const [index, record] of records.entries()) {
    const name = accountName(record);
    if (taken.has(name)) {
      const message = `account ${index + 1}: the name is taken already: ${name}`;
      throw fault('NAME_EXISTS', message, 'rename it in the record, or give --name');
    }
    taken.add(name);
  }
  if (taken.size > slots) {
    const room = `${slots - credentials.length} of ${slots} places are free`;
    throw fault('TOKEN_FULL', `the record has ${records.length} accounts, and ${room}`);
  }
}

/** By command and not by keys: so an administrator writes accounts. */
async function verifyIfLocked(locked: LockedToken, session: Session): Promise<void> {
  const { token, board, file, input } = locked;
  const status = readPinStatus(token);
  if (status.policy === 'off') return;
  if (status.triesLeft === 0) throw blocked('PIN', file, status);
  const pin = await input.read('pin', PIN_KIND);
  await waitForTry(board.clock, status, 'PIN', session);
  attempt('PIN', null, file, status, () => verifyPin(token, pin));
}

function putAll(token: Token, records: readonly SeedRecord[]): CredentialInfo[] {
  const slots: number[] = [];
  try {
    for (const record of records) slots.push(putCredential(token, credentialOf(record)));
  } catch (error) {
    // The flash had less room than the slots; what was written goes again.
    for (const slot of slots) deleteCredential(token, slot);
    throw error;
  }
  return slots.map((slot) => readCredential(token, slot)!);
}
