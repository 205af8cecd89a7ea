/** `token screen` and `token press`: the display, before and after keys. */
import { writeFileSync } from 'node:fs';
import { isKey, type Key, type Token } from '../../../host/token.ts';
import { frameToTerminal } from '../../board/display.ts';
import { fault } from '../errors.ts';
import { hasColour } from '../output.ts';
import { PinInput } from '../pin/input.ts';
import { type LockedToken, unlock } from '../pin/keys.ts';
import { optionalTime } from '../time.ts';
import { codeShown, screenLines, withToken } from '../token-session.ts';
import { defineVerb, type Session, type Verb } from '../verb.ts';
import { AT, FILE, PIN } from './options.ts';

/** Pixels of a row and the border on both sides. */
const PICTURE_COLUMNS = 130;

const KEYS = 'up, down, left, right, ok';
const OPTIONS = {
  at: AT,
  pin: PIN,
  text: { type: 'boolean', description: 'show it as plain lines' },
  blocks: { type: 'boolean', description: 'show it as a picture of 130 columns' },
  png: { type: 'string', valueHint: 'out', description: 'write it as a PNG image' },
} as const;

interface Wanted {
  readonly text?: boolean;
  readonly blocks?: boolean;
  readonly png?: string;
  readonly pin?: string;
}

export const screen: Verb = defineVerb({
  description: 'show the display, after pressing keys if there are any',
  args: {
    file: FILE,
    keys: { type: 'positional', required: false, description: `keys to press: ${KEYS}` },
    ...OPTIONS,
  },
  repeatsLast: true,
  run: ({ file, at, _: [, ...keys], ...wanted }, session) =>
    show(file, keys, optionalTime(at, 'at'), wanted as Wanted, session),
});

export const press: Verb = defineVerb({
  description: 'press keys one after the other, then show the display',
  args: {
    file: FILE,
    keys: { type: 'positional', required: true, description: KEYS },
    ...OPTIONS,
  },
  repeatsLast: true,
  run: ({ file, at, _: [, ...keys], ...wanted }, session) =>
    show(file, keys, optionalTime(at, 'at'), wanted as Wanted, session),
});

async function show(
  file: string,
  names: readonly string[],
  timeSeconds: number | null,
  wanted: Wanted,
  session: Session,
): Promise<void> {
  if (wanted.text && wanted.blocks) throw fault('USAGE', '--text and --blocks exclude each other');
  const keys = names.map(keyOf);
  const input = new PinInput(session.io, { pin: wanted.pin });
  try {
    await withToken(file, timeSeconds, async (token, board) => {
      await pressKeys({ token, board, file, input }, keys, wanted.pin !== undefined, session);
      if (wanted.png !== undefined) await writePng(wanted.png, token);
      answer(token, keys, wanted, session);
    });
  } finally {
    input.wipe();
  }
}

/**
 * Presses the keys; with a PIN, enters it where a person would: when the display asks for it and
 * the next key is OK, or at the end.
 */
async function pressKeys(
  fob: LockedToken,
  keys: readonly Key[],
  hasPin: boolean,
  session: Session,
): Promise<void> {
  for (const key of keys) {
    if (key === 'ok') {
      if (hasPin) await unlock(fob, session);
      fob.board.keep();
    }
    fob.token.press(key);
  }
  if (hasPin) await unlock(fob, session);
}

function keyOf(name: string): Key {
  if (isKey(name)) return name;
  throw fault('USAGE', 'there is no such key', `the keys are ${KEYS}`);
}

function answer(token: Token, keys: readonly Key[], wanted: Wanted, session: Session): void {
  const { report } = session;
  const lines = screenLines(token);
  const png = wanted.png ?? null;
  const { qrText } = token;
  const body = {
    lines,
    code: codeShown(token),
    qrText,
    keys,
    png,
    fault: token.fault?.code ?? null,
  };
  if (report.isJson) report.json('token.screen/1', body);
  else if (isPicture(wanted, session)) report.lines([picture(token, session)]);
  else if (png === null || wanted.text) report.lines(lines);
  else report.note(`wrote ${png}`);
}

function isPicture({ text, blocks, png }: Wanted, { io, report }: Session): boolean {
  if (blocks) return true;
  if (text || png !== undefined || !io.stdout.isTerminal) return false;
  const { columns } = io.stdout;
  if (columns < PICTURE_COLUMNS) {
    report.note(
      `this terminal has ${columns} columns, the picture ${PICTURE_COLUMNS}: here is its text`,
    );
  }
  return columns >= PICTURE_COLUMNS;
}

function picture(token: Token, { io }: Session): string {
  return frameToTerminal(token.frame, { color: hasColour(io, io.stdout) });
}

/** A new file: a slip must not cost a token. */
async function writePng(path: string, token: Token): Promise<void> {
  const { frameToPng } = await import('../../board/display-png.ts');
  try {
    writeFileSync(path, frameToPng(token.frame), { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw fault('FILE_EXISTS', `${path} exists`, 'choose another name');
    throw fault('FILE_NOT_ACCESSIBLE', `${path}: ${code}`, 'check the path and its rights');
  }
}
