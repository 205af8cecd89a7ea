/** `token mimcm`: the token as a smart card of MIM Certificate Management. */
import { rmSync } from 'node:fs';
import type { PinStatus } from '../../../host/pin.ts';
import { type PinProof, SmartCard } from '../../card/smart-card.ts';
import { connectMimCm } from '../connect.ts';
import { fault } from '../errors.ts';
import { enroll as enrollCard, type Life, unblock as unblockCard } from '../mimcm/life.ts';
import { PIN_KIND, PinInput, PUK_KIND } from '../pin/input.ts';
import { attempt, blocked, pinStatusOf, waitForTry } from '../pin/tries.ts';
import { writeNewPrivateFile } from '../private-file.ts';
import { checkOneStdin } from '../secret-input.ts';
import { demandFit, withToken } from '../token-session.ts';
import { defineVerb, type Session, type Verb } from '../verb.ts';
import { FILE, SERVER } from './options.ts';

const { endpoint, token, ca, timeout } = SERVER;

const secret = (description: string) =>
  ({ type: 'string', valueHint: '-|@file', description }) as const;

const COMMON = {
  file: FILE,
  endpoint: { ...endpoint, description: 'e.g. http://127.0.0.1:6284' },
  token,
  ca,
  timeout,
  'pin-record': {
    type: 'string',
    valueHint: 'file',
    description: 'a new file for the PIN that the server proposes',
  },
  'new-pin': secret('the new PIN, where the server leaves it to the user'),
} as const;

export const enroll: Verb = defineVerb({
  description: 'enroll the token as a smart card, with the PIN that the server proposes',
  args: {
    ...COMMON,
    pin: secret('the PIN that the token has, if it has one'),
    template: { type: 'string', valueHint: 'name', description: 'if there are several' },
  },
  run: ({ pin, template, ...options }, session) =>
    live('enroll', options, { pin }, session, (life) => enrollCard(life, template)),
});

export const unblock: Verb = defineVerb({
  description: 'set a new PIN on an enrolled card, as the server proposes it',
  args: { ...COMMON, puk: secret('the PUK of the token') },
  run: ({ puk, ...options }, session) =>
    live('unblock', options, { puk }, session, (life) => unblockCard(life)),
});

interface Options {
  readonly file: string;
  readonly endpoint: string;
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
  readonly timeout?: string | undefined;
  readonly 'pin-record'?: string | undefined;
  readonly 'new-pin'?: string | undefined;
}

async function live(
  name: string,
  options: Options,
  proofs: { pin?: string | undefined; puk?: string | undefined },
  session: Session,
  act: (life: Life) => Promise<string>,
): Promise<void> {
  const sources = { ...proofs, 'new-pin': options['new-pin'] };
  checkOneStdin({ token: options.token, ...sources });
  const input = new PinInput(session.io, sources);
  const client = await connectMimCm(options, session);
  const record = new PinRecord(options['pin-record']);
  try {
    await withToken(options.file, null, async (fob, board) => {
      demandFit(fob, session.report);
      const card = new SmartCard(fob);
      const secret = 'puk' in proofs ? 'PUK' : 'PIN';
      const status = pinStatusOf(fob);
      const proof = await proofOf(status, secret, options.file, input);
      if (proof.kind !== 'none') await waitForTry(board.clock, status, secret, session);
      const uuid = await act({
        client,
        card,
        prepare: ({ DefaultAdminKeyHex }) => {
          if (card.isPrepared) return;
          const pin = proof.kind === 'pin' ? proof.digits : null;
          attempt('PIN', null, options.file, status, () => card.prepare(DefaultAdminKeyHex, pin));
        },
        desk: {
          give: (proposed) =>
            proposed === null ? input.read('new-pin', PIN_KIND, true) : record.keep(proposed),
          set: (send) => {
            attempt(secret, 'PIN', options.file, status, send);
            record.seal();
          },
        },
        proof,
        note: (text) => session.report.note(text),
      });
      const body = { cardId: card.cardId, atr: card.atr, smartcard: uuid, pinRecord: record.path };
      session.report.result(`token.mimcm.${name}/1`, body, [`card ${card.cardId}  ${uuid}`]);
    });
  } catch (error) {
    record.drop();
    throw error;
  } finally {
    input.wipe();
  }
}

/** Read before the server is asked for anything: a missing one should cost nothing. */
async function proofOf(
  status: PinStatus,
  secret: 'PIN' | 'PUK',
  file: string,
  input: PinInput,
): Promise<PinProof> {
  if (status.policy === 'off') return { kind: 'none' };
  if (secret === 'PUK') {
    if (status.pukTriesLeft === 0) throw blocked(secret, file, status);
    return { kind: 'puk', digits: await input.read('puk', PUK_KIND) };
  }
  if (status.triesLeft === 0) throw blocked(secret, file, status);
  return { kind: 'pin', digits: await input.read('pin', PIN_KIND) };
}

/** The file that tells a person the PIN which nobody chose: there before the token has it. */
class PinRecord {
  #isWritten = false;
  #isTaken = false;

  constructor(readonly requested: string | undefined) {}

  /** Null while there is none. */
  get path(): string | null {
    return this.#isWritten ? this.requested! : null;
  }

  async keep(pin: string): Promise<Uint8Array> {
    if (this.requested === undefined) {
      const hint = '--pin-record FILE is where it is written';
      throw fault('USAGE', 'the server proposes the PIN, and nobody would know it', hint);
    }
    writeNewPrivateFile(this.requested, `${pin}\n`);
    this.#isWritten = true;
    return new TextEncoder().encode(pin);
  }

  /** From now on it is the token's PIN, and stays whatever else fails. */
  seal(): void {
    this.#isTaken = true;
  }

  drop(): void {
    if (this.#isWritten && !this.#isTaken) rmSync(this.requested!, { force: true });
  }
}
