/** Where records go, and what they are encrypted with on the way. */
import type { PskcKey, RecordFormat } from '../../host/provision/record.ts';
import { fault } from './errors.ts';
import type { Io } from './io.ts';
import { readSecret } from './secret-input.ts';
import type { Session } from './verb.ts';

export interface KeySources {
  /** `-` or `@FILE`, as the options were given. */
  readonly passphrase?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * On standard output a record stands alone, and never in front of a camera or a scroll-back.
 * @param option    what the path was given with
 * @param isShown   the user asked for it to be shown
 */
export function checkRecordOutput(
  option: string,
  path: string,
  { io, report }: Session,
  isShown = false,
): void {
  if (path !== '-') return;
  if (report.isJson) {
    const message = `--${option} - and --json cannot share standard output`;
    throw fault('USAGE', message, `--${option} FILE`);
  }
  if (io.stdout.isTerminal && !isShown) {
    throw fault(
      'SECRET_TO_TERMINAL',
      'the record holds the seed: it is not written to a terminal',
      `give --${option} a file, or pipe the output to the program that takes it`,
    );
  }
}

/**
 * Reads the passphrase or the key of a PSKC file, whichever was given.
 * @param prefix  in front of the names of the options, for messages
 * @throws CliError USAGE for both, SECRET_IN_ARGUMENT, BAD_KEY
 */
export async function readKey(
  io: Io,
  { passphrase, key }: KeySources,
  prefix = '',
): Promise<PskcKey | undefined> {
  const names = { passphrase: `${prefix}passphrase`, key: `${prefix}key` };
  if (passphrase !== undefined && key !== undefined) {
    throw fault('USAGE', `--${names.passphrase} and --${names.key} exclude each other`);
  }
  if (passphrase !== undefined) {
    return { passphrase: await readSecret(io, passphrase, names.passphrase) };
  }
  if (key === undefined) return undefined;
  const text = await readSecret(io, key, names.key);
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(text)) {
    throw fault('BAD_KEY', `--${names.key} holds no key`, 'it is 32 or 64 hexadecimal digits');
  }
  return { key: Uint8Array.from(Buffer.from(text, 'hex')) };
}

/** The same, for a record that is written. @throws CliError USAGE for a format without a lock */
export async function lockOf(
  io: Io,
  sources: KeySources,
  format: RecordFormat,
  prefix = '',
): Promise<PskcKey | undefined> {
  const isGiven = sources.passphrase !== undefined || sources.key !== undefined;
  if (isGiven && format !== 'pskc') {
    throw fault(
      'USAGE',
      `${format} cannot be encrypted`,
      'choose pskc, or protect the file itself',
    );
  }
  return readKey(io, sources, prefix);
}
