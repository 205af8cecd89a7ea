/** `token pin`: the PIN by command, as an administrator gives it; `pin/keys.ts` is the other way. */
import {
  changePin,
  type PinPolicy,
  setPin,
  setPinPolicy,
  setPuk,
  unblockPin,
} from '../../../host/pin.ts';
import { CliError, fault } from '../errors.ts';
import { shellWord } from '../output.ts';
import { type Desk, demandPin, demandTries, verifyFirst } from '../pin/desk.ts';
import { PIN_KIND, PinInput, PUK_KIND } from '../pin/input.ts';
import { attempt, blocked, pinStatusOf, waitForTry } from '../pin/tries.ts';
import { optionalTime } from '../time.ts';
import { demandFit, withToken } from '../token-session.ts';
import { defineVerb, type Session, type Verb } from '../verb.ts';
import { AT, FILE } from './options.ts';
import { pinWords } from './token-info.ts';

const POLICIES: readonly PinPolicy[] = ['off', 'once', 'each-code'];

const source = (description: string) =>
  ({ type: 'string', valueHint: '-|@file', description }) as const;
const CURRENT_PIN = source('the PIN; asked for on a terminal if not given');
const NEW_PIN = source('the new PIN, 6 to 16 digits; asked for on a terminal if not given');

export const set: Verb = defineVerb({
  description: 'set the first PIN, and a PUK; or add a PUK to a token with a PIN',
  args: {
    file: FILE,
    pin: source('the PIN to be set, 6 to 16 digits; asked for on a terminal if not given'),
    puk: source('the PUK to be set, 8 to 16 digits, which can unblock the PIN'),
    at: AT,
  },
  run: ({ file, at, pin, puk }, session) =>
    atDesk('set', { file, at }, { pin, puk }, session, async (desk) => {
      if (puk !== undefined && desk.status.hasPuk) {
        throw fault('PUK_SET', 'the token has a PUK, and keeps it', 'leave --puk out');
      }
      if (desk.status.policy === 'off') return setFirst(desk);
      if (puk !== undefined) return addPuk(desk);
      const hint = `oathfob token pin change ${shellWord(file)}`;
      throw fault('PIN_SET', 'the token has a PIN', hint);
    }),
});

export const change: Verb = defineVerb({
  description: 'change the PIN',
  args: { file: FILE, pin: CURRENT_PIN, 'new-pin': NEW_PIN, at: AT },
  run: ({ file, at, pin, 'new-pin': newPin }, session) =>
    atDesk('change', { file, at }, { pin, 'new-pin': newPin }, session, async (desk) => {
      const { token, input, status } = desk;
      demandTries(desk);
      const old = await input.read('pin', PIN_KIND);
      const fresh = await input.read('new-pin', PIN_KIND, true);
      await waitForTry(desk.board.clock, status, 'PIN', session);
      attempt('PIN', 'PIN', file, status, () => changePin(token, old, fresh));
      return 'the PIN is changed';
    }),
});

export const verify: Verb = defineVerb({
  description: 'try the PIN: a wrong one costs a try, a right one gives all tries back',
  args: { file: FILE, pin: CURRENT_PIN, at: AT },
  run: ({ file, at, pin }, session) =>
    atDesk('verify', { file, at }, { pin }, session, async (desk) => {
      await verifyFirst(desk);
      return 'the PIN is right';
    }),
});

export const unblock: Verb = defineVerb({
  description: 'set a new PIN with the PUK, for a PIN that is blocked or forgotten',
  args: {
    file: FILE,
    puk: source('the PUK; asked for on a terminal if not given'),
    'new-pin': NEW_PIN,
    at: AT,
  },
  run: ({ file, at, puk, 'new-pin': newPin }, session) =>
    atDesk('unblock', { file, at }, { puk, 'new-pin': newPin }, session, async (desk) => {
      const { token, input, status } = desk;
      demandPin(desk);
      if (!status.hasPuk) {
        const hint = 'oathfob token new makes another token';
        throw fault('PUK_NOT_SET', 'the token has no PUK: nothing unblocks it', hint);
      }
      if (status.pukTriesLeft === 0) throw blocked('PUK', file, status);
      const right = await input.read('puk', PUK_KIND);
      const fresh = await input.read('new-pin', PIN_KIND, true);
      await waitForTry(desk.board.clock, status, 'PUK', session);
      attempt('PUK', 'PIN', file, status, () => unblockPin(token, right, fresh));
      return 'the PIN is unblocked, and is the new one';
    }),
});

export const policy: Verb = defineVerb({
  description: 'say when the PIN is asked for; off removes it',
  args: {
    file: FILE,
    policy: { type: 'positional', required: true, description: POLICIES.join(', ') },
    pin: CURRENT_PIN,
    at: AT,
  },
  run: ({ file, at, policy: wanted, pin }, session) => {
    const policy = POLICIES.find((name) => name === wanted);
    if (policy === undefined) throw fault('USAGE', `POLICY is one of ${POLICIES.join(', ')}`);
    return atDesk('policy', { file, at }, { pin }, session, async (desk) => {
      const { token, input, status, board } = desk;
      if (status.policy === 'off' && policy === 'off') return 'there is no PIN';
      demandTries(desk);
      const right = await input.read('pin', PIN_KIND);
      await waitForTry(board.clock, status, 'PIN', session);
      attempt('PIN', null, file, status, () => setPinPolicy(token, policy, right));
      return policy === 'off' ? 'the PIN is removed' : 'the policy is set';
    });
  },
});

/** Powers the token up, lends it and tells what it says of its PIN afterwards. */
async function atDesk(
  name: string,
  { file, at }: { file: string; at: string | undefined },
  sources: Readonly<Record<string, string | undefined>>,
  session: Session,
  act: (desk: Desk) => Promise<string>,
): Promise<void> {
  const { io, report } = session;
  const input = new PinInput(io, sources);
  try {
    await withToken(file, optionalTime(at, 'at'), async (token, board) => {
      board.keep();
      demandFit(token, report);
      const done = await act({ token, board, file, input, status: pinStatusOf(token), session });
      const pin = pinStatusOf(token);
      report.result(`token.pin.${name}/1`, { pin }, [done, `PIN ${pinWords(pin)}`]);
    });
  } finally {
    input.wipe();
  }
}

/** The PUK comes before the PIN: once that is set, the token is locked. */
async function setFirst({ token, input, file, status, session }: Desk): Promise<string> {
  const puk = status.hasPuk ? null : await input.readOptional('puk', PUK_KIND);
  const pin = await input.read('pin', PIN_KIND, true);
  if (puk !== null) attempt('PUK', 'PUK', file, status, () => setPuk(token, puk));
  try {
    attempt('PIN', 'PIN', file, status, () => setPin(token, pin));
  } catch (error) {
    throw puk === null ? error : halfDone(error as CliError);
  }
  if (puk === null && !status.hasPuk) {
    const hint = `oathfob token pin set ${shellWord(file)} --puk @FILE adds one`;
    session.report.warning('there is no PUK: a PIN that is blocked stays blocked', hint);
  }
  return puk === null ? 'the PIN is set' : 'PIN and PUK are set';
}

/** The refusal of the PIN after the PUK was taken: the next time it is left out. */
function halfDone({ code, message, hint, exitCode }: CliError): CliError {
  const more = 'the PUK is set already: leave --puk out';
  return new CliError(code, message, [hint, more].filter(Boolean).join('; '), exitCode);
}

async function addPuk(desk: Desk): Promise<string> {
  const { token, input, file, status } = desk;
  const puk = await input.read('puk', PUK_KIND, true);
  await verifyFirst(desk);
  attempt('PUK', 'PUK', file, status, () => setPuk(token, puk));
  return 'the PUK is set';
}
