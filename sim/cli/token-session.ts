/** A token from its files, powered up for the time of one command. */
import {
  type CredentialInfo,
  readInfo,
  selectManagement,
  type TokenInfo,
} from '../../host/management.ts';
import { Token } from '../../host/token.ts';
import { DrivenClock, RealClock } from '../board/clock.ts';
import { type FileBoard, openTokenFile } from '../board/token-file.ts';
import { fault } from './errors.ts';
import { printable, type Report } from './output.ts';
import { pinStatusOf } from './pin/tries.ts';

/**
 * Opens a token, lends it, and lets go of its files whatever happens.
 * @param timeSeconds  the time on the token's clock during this command, which then is a look: that
 *   a code was shown for that time is forgotten, unless board.keep() says otherwise. null for the
 *   time of its own clock
 */
export async function withToken<Result>(
  path: string,
  timeSeconds: number | null,
  use: (token: Token, board: FileBoard) => Promise<Result> | Result,
): Promise<Result> {
  const board = openTokenFile(
    path,
    timeSeconds === null ? {} : { clock: new StandingClock(timeSeconds), isLook: true },
  );
  try {
    return await use(new Token(board), board);
  } finally {
    board.close();
  }
}

/** The time of day stands still; that since power-on runs on, for waits are counted by it. */
export class StandingClock extends DrivenClock {
  readonly #sincePowerOn = new RealClock();

  override uptime(): number {
    return this.#sincePowerOn.uptime();
  }
}

/** Refuses a token that came up unfit, after showing what its display says. */
export function demandFit(token: Token, report: Report): void {
  if (token.fault === null) return;
  for (const line of screenLines(token)) report.note(`  | ${line}`);
  throw token.fault;
}

/** The screen's text, line by line; a token's names may come from anybody. */
export function screenLines(token: Token): string[] {
  return printable(token.text).split('\n');
}

/** What the token says about itself. */
export function infoOf(token: Token): TokenInfo {
  selectManagement(token);
  return readInfo(token);
}

/** @throws CliError USAGE when it has none */
export function serialOf(token: Token): string {
  const { serialNumber } = infoOf(token);
  if (serialNumber !== null) return serialNumber;
  throw fault('USAGE', 'the token has no serial number', 'say which one with --serial');
}

/** Walks to an account with the down key, from the first one, where a token wakes up. */
export function walkTo(token: Token, wanted: string | undefined): CredentialInfo {
  const { credentials } = infoOf(token);
  const index = wanted === undefined ? 0 : indexOf(credentials, wanted);
  const credential = credentials[index];
  if (!credential) {
    throw fault('ACCOUNT_NOT_FOUND', 'the token has no account', 'oathfob token new makes one');
  }
  for (let step = 0; step < index; step++) token.press('down');
  return credential;
}

function indexOf(credentials: readonly CredentialInfo[], wanted: string): number {
  const exact = credentials.findIndex(({ name }) => name === wanted);
  if (exact >= 0) return exact;
  const matches = credentials.filter(({ name }) => name.slice(name.indexOf(':') + 1) === wanted);
  if (matches.length === 1) return credentials.indexOf(matches[0]!);
  const names = credentials.map(({ name }) => name).join(', ');
  throw fault(
    'ACCOUNT_NOT_FOUND',
    matches.length === 0 ? 'the token has no such account' : 'several accounts have that name',
    `its accounts are ${names}`,
  );
}

/** Refuses an account whose codes no server here takes, before a counter is used up. */
export function timeBased(credential: CredentialInfo): CredentialInfo {
  if (credential.type === 'totp' && credential.digits === 6) return credential;
  throw fault(
    'USAGE',
    'Graph takes time-based codes of 6 digits only',
    'choose one with --account',
  );
}

/**
 * Reads the code of the account on the display; for HOTP it presses OK first, which uses one up.
 * @throws CliError NO_CODE with the words of the display, KEY_DOES_NOT_OPEN, CLOCK_WENT_BACK
 */
export function readCode(token: Token, board: FileBoard, credential: CredentialInfo): string {
  if (credential.type === 'login') {
    throw fault('NO_CODE', 'a login QR code has no code', 'oathfob token screen shows it');
  }
  if (credential.type === 'hotp') {
    board.keep();
    token.press('ok');
  }
  const code = codeShown(token);
  if (code !== null) return code;
  const [, codeLine = '', ...others] = screenLines(token);
  if (codeLine === 'CLOCK WENT BACK') {
    throw fault(
      'CLOCK_WENT_BACK',
      'the token has shown codes of a later time, and shows none until then',
      `${wayBack(token)}; token new --at makes an older one`,
    );
  }
  if (codeLine === 'KEY DOES NOT OPEN') {
    throw fault(
      'KEY_DOES_NOT_OPEN',
      'the token cannot open its key',
      'the .board file beside the image is that of another token',
    );
  }
  const said = [codeLine, others[0] ?? ''].filter((line) => line !== '').join(', ');
  throw fault('NO_CODE', `the display shows no code: ${said}`, 'oathfob token info FILE');
}

/** How its owner sets a clock back: with the PIN, so that there has to be one. */
function wayBack(token: Token): string {
  const isFirst = pinStatusOf(token).policy === 'off';
  const first = isFirst ? 'oathfob token pin set, and then ' : '';
  return `its owner sets the clock with ${first}oathfob token clock --pin`;
}

/**
 * The code on the display, or null. It is the second line of an account's screen: three or four
 * digits, a blank, the rest. The first line is the name, which may look like anything.
 */
export function codeShown(token: Token): string | null {
  const line = screenLines(token)[1] ?? '';
  return /^\d{3,4} \d{3,4}$/.test(line) ? line.replace(' ', '') : null;
}

/** Seconds for which the time-based code on the display lasts, read off it. */
export function secondsLeft(token: Token): number {
  return Number.parseInt(screenLines(token)[2] ?? '', 10);
}
