/**
 * What a try costs: the wait before it, and how a refusal is told (assembly/apdu/PROTOCOL.md, "PIN").
 */
import { type TokenError, WrongPinError } from '../../../host/errors.ts';
import { selectManagement } from '../../../host/management.ts';
import { type PinStatus, readPinStatus } from '../../../host/pin.ts';
import type { Token } from '../../../host/token.ts';
import type { BoardClock } from '../../board/clock.ts';
import { asCliError, type CliError, fault } from '../errors.ts';
import { shellWord } from '../output.ts';
import type { Session } from '../verb.ts';

type SecretName = 'PIN' | 'PUK';

const MOST_TRIES = { PIN: 8, PUK: 10 } as const;
/** Wrong ones before the token makes one wait, and how long at first; from then on it doubles. */
const FREE_TRIES = 3;
const FIRST_DELAY_SECONDS = 15;

const STATUS_BLOCKED = 0x6983;
const STATUS_WRONG_DATA = 0x6a80;
const ANOTHER_TOKEN = 'oathfob token new makes another token';
const RULE =
  'not one digit over and over, not a run up or down, not two or three digits over and over, not 112233 and the like';

/** What the token says of its PIN. */
export function pinStatusOf(token: Token): PinStatus {
  selectManagement(token);
  return readPinStatus(token);
}

function triesLeftOf(status: PinStatus, secret: SecretName): number {
  return secret === 'PIN' ? status.triesLeft : status.pukTriesLeft;
}

/** Seconds after power-on, or after the last wrong one, until the token takes the next try. */
export function delaySeconds(status: PinStatus, secret: SecretName): number {
  const wrong = MOST_TRIES[secret] - triesLeftOf(status, secret);
  return wrong <= FREE_TRIES ? 0 : FIRST_DELAY_SECONDS * 2 ** (wrong - FREE_TRIES - 1);
}

/**
 * Waits until the token takes a try, and says so. Each command powers the token up anew, and the
 * token counts from there: without a wait no command would ever get its try. Whoever ends the
 * program meanwhile has spent none.
 */
export async function waitForTry(
  clock: BoardClock,
  status: PinStatus,
  secret: SecretName,
  { io, report }: Session,
): Promise<void> {
  const milliseconds = delaySeconds(status, secret) * 1000;
  const left = () => milliseconds - clock.uptime();
  if (left() <= 0) return;
  const wrong = MOST_TRIES[secret] - triesLeftOf(status, secret);
  const seconds = Math.ceil(left() / 1000);
  report.note(`after ${wrong} wrong ${secret}s the token makes you wait: ${seconds} s to go`);
  report.note('ctrl-c gives up; that costs no try');
  while (left() > 0) await io.sleep(left());
}

/**
 * Sends a command that takes a try.
 * @param newSecret  the name of the secret that the command sets, if any
 * @param status     before the try
 * @throws CliError PIN_WRONG, PIN_BLOCKED, PIN_COMMON and the same of the PUK
 */
export function attempt(
  secret: SecretName,
  newSecret: SecretName | null,
  file: string,
  status: PinStatus,
  send: () => void,
): void {
  try {
    send();
  } catch (error) {
    if (error instanceof WrongPinError) {
      // A token that has destroyed its keys has a new count of tries: none of them is left.
      const triesLeft = Math.min(error.triesLeft, triesLeftOf(status, secret) - 1);
      throw wrong(secret, triesLeft, file, status);
    }
    const { statusWord } = error as TokenError;
    if (statusWord === STATUS_BLOCKED) throw blocked(secret, file, status);
    if (statusWord === STATUS_WRONG_DATA && newSecret !== null) throw common(newSecret);
    throw asCliError(error);
  }
}

/** The secret was wrong, which has cost a try; the last one has blocked it, or ended the keys. */
export function wrong(
  secret: SecretName,
  triesLeft: number,
  file: string,
  status: PinStatus,
): CliError {
  if (triesLeft === 0) return secret === 'PIN' ? blocked(secret, file, status) : destroyed();
  const tries = triesLeft === 1 ? '1 try is left' : `${triesLeft} tries are left`;
  const message = `the ${secret} is wrong: ${tries}`;
  return fault(`${secret}_WRONG`, message, hintFor(secret, file, status), { triesLeft });
}

function hintFor(secret: SecretName, file: string, { hasPuk }: PinStatus): string | null {
  if (secret === 'PUK') return 'after the last one every key on the token is destroyed';
  return hasPuk ? `forgotten? oathfob token pin unblock ${shellWord(file)}` : null;
}

function destroyed(): CliError {
  const message = 'the PUK was wrong for the last time: every key on the token is destroyed';
  return fault('PUK_BLOCKED', message, ANOTHER_TOKEN, { triesLeft: 0 });
}

/** No try is left. */
export function blocked(secret: SecretName, file: string, { hasPuk }: PinStatus): CliError {
  const message = `the ${secret} is blocked: no tries are left`;
  const hint =
    secret === 'PIN' && hasPuk
      ? `oathfob token pin unblock ${shellWord(file)}`
      : `${secret === 'PIN' ? 'there is no PUK, and ' : ''}nothing unblocks it: ${ANOTHER_TOKEN}`;
  return fault(`${secret}_BLOCKED`, message, hint, { triesLeft: 0 });
}

function common(secret: SecretName): CliError {
  return fault(`${secret}_COMMON`, `everybody tries this ${secret} first: choose another`, RULE);
}
