/** `explain`: why a code was refused, or would be. */

import { DEVICE_KEY_BYTES } from '../../../host/board.ts';
import { recordSource } from '../../../host/explain/source.ts';
import {
  type CodeSource,
  type ExplainOptions,
  type Explanation,
  explainBySource,
} from '../../../host/explain.ts';
import { accountName, wipe } from '../../../host/provision/seed-record.ts';
import { openTokenFile } from '../../board/token-file.ts';
import { displaySource, lookAt, type TokenCopy } from '../../board/token-look.ts';
import { fault } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readRecords } from '../record-input.ts';
import { readKey } from '../record-output.ts';
import { checkOneStdin } from '../secret-input.ts';
import { optionalTime, parseTime } from '../time.ts';
import { defineVerb, type Session } from '../verb.ts';
import { ACCOUNT, RECORD_UNLOCK } from './options.ts';

export default defineVerb({
  description: 'say why a code is refused',
  args: {
    code: { type: 'positional', required: true, description: 'the code, as it was typed' },
    token: {
      type: 'string',
      valueHint: 'file',
      description: 'the token image: a copy of it in memory shows its other codes',
    },
    record: {
      type: 'string',
      valueHint: 'file',
      description: 'its seed record of any format: tells more; - is standard input',
    },
    account: ACCOUNT,
    at: {
      type: 'string',
      valueHint: 'time',
      description: "when the server looked at it; this computer's time if not given",
    },
    window: { type: 'string', description: 'steps that the server takes on each side (default 2)' },
    'last-used': {
      type: 'string',
      valueHint: 'time',
      description: 'when a code was last accepted (TOTP)',
    },
    counter: { type: 'string', description: 'what the server expects next (HOTP)' },
    ...RECORD_UNLOCK,
  },
  run: async (args, session) => {
    const { code, token, record, passphrase, key } = args;
    if ((token === undefined) === (record === undefined)) {
      throw fault('USAGE', 'give either --token or --record', 'oathfob explain CODE --token FILE');
    }
    checkOneStdin({ record: record === '-' ? '-' : undefined, passphrase, key });
    const asked = {
      code,
      account: args.account,
      options: optionsOf(args, session.io.nowMilliseconds()),
    };
    const explanation =
      token === undefined
        ? await byRecord(record!, { passphrase, key }, asked, session)
        : byToken(token, asked);
    const { cause, step, stepsOff, value, accident, text } = explanation;
    const body = {
      cause,
      text,
      step: step ?? null,
      stepsOff: stepsOff ?? null,
      value: value ?? null,
      accident,
    };
    session.report.result('explain/1', body, [text, ...accidentLine(accident)]);
    return cause === 'unknown' ? ExitCode.REFUSED : ExitCode.DONE;
  },
});

interface Asked {
  readonly code: string;
  readonly account: string | undefined;
  /** `lastUsedStep` is a time here, in seconds: the step takes the period. */
  readonly options: (source: CodeSource) => ExplainOptions;
}

function optionsOf(
  given: {
    at?: string | undefined;
    window?: string | undefined;
    'last-used'?: string | undefined;
    counter?: string | undefined;
  },
  nowMilliseconds: number,
): Asked['options'] {
  const timeSeconds = optionalTime(given.at, 'at') ?? Math.floor(nowMilliseconds / 1000);
  const { window, counter, 'last-used': lastUsed } = given;
  const lastUsedSeconds = lastUsed === undefined ? null : parseTime(lastUsed, 'last-used');
  const numbers = {
    ...(window !== undefined && { window: parseWhole(window, 'window', 100) }),
    ...(counter !== undefined && {
      counter: parseWhole(counter, 'counter', Number.MAX_SAFE_INTEGER),
    }),
  };
  return ({ periodSeconds }) => ({
    timeSeconds,
    ...numbers,
    lastUsedStep: lastUsedSeconds === null ? null : Math.floor(lastUsedSeconds / periodSeconds),
  });
}

function parseWhole(text: string, option: string, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw fault('USAGE', `--${option} is a whole number 0 to ${most}`);
}

async function byRecord(
  path: string,
  lock: { passphrase?: string | undefined; key?: string | undefined },
  { code, account, options }: Asked,
  session: Session,
): Promise<Explanation> {
  const unlock = await readKey(session.io, lock);
  const { records } = await readRecords(path, unlock, session);
  const sources = records.map(recordSource);
  try {
    const names = records.map(accountName);
    const index = account === undefined ? 0 : indexOfAccount(names, account);
    const source = sources[index]!;
    const counter = Number(records[index]!.counter ?? 0n);
    return explainBySource(code, source, { counter, ...options(source), others: sources });
  } finally {
    for (const source of sources) source.wipe();
    wipe(records);
  }
}

/** On a copy of the flash: the file is read and let go of before anything is tried. */
function byToken(path: string, { code, account, options }: Asked): Explanation {
  const board = openTokenFile(path, { isLook: true });
  const tokenTimeSeconds = board.clockRead();
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  board.deviceKey(deviceKey);
  const copy: TokenCopy = { image: board.flash.image, deviceKey };
  board.close();
  try {
    const { credentials, isLocked } = lookAt(copy);
    if (isLocked) {
      const hint = 'explain it by the seed record: --record FILE';
      throw fault(
        'PIN_NEEDED',
        'the token asks for its PIN, and tries of a copy do not count',
        hint,
      );
    }
    const names = credentials.map(({ name }) => name);
    const index = account === undefined ? 0 : indexOfAccount(names, account);
    const sources = names.map((_, place) => displaySource({ ...copy, account: place })!);
    const source = sources[index];
    if (!source) throw fault('ACCOUNT_NOT_FOUND', 'the token has no account');
    const counter = Number(credentials[index]!.counter ?? 0n);
    const known = { counter, ...options(source), tokenTimeSeconds, others: sources };
    return explainBySource(code, source, known);
  } finally {
    deviceKey.fill(0);
  }
}

/** By its whole name, or by what follows the colon. */
function indexOfAccount(names: readonly string[], wanted: string): number {
  const fits = [
    (name: string) => name === wanted,
    (name: string) => name.slice(name.indexOf(':') + 1) === wanted,
  ];
  const index = fits.map((fit) => names.findIndex(fit)).find((found) => found >= 0);
  if (index !== undefined) return index;
  throw fault(
    'ACCOUNT_NOT_FOUND',
    'there is no such account',
    `the accounts are ${names.join(', ')}`,
  );
}

/** Below this, a code that means nothing is hardly ever explained. */
const RARE = 1 / 5_000;

function accidentLine(accident: number): string[] {
  if (accident < RARE) return [];
  return [`one in ${Math.round(1 / accident)} codes that mean nothing would be explained as well`];
}
