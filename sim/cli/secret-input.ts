/**
 * Secrets come from standard input (`-`) or a file (`@FILE`), never as an argument: arguments are
 * seen by every program on the computer and are kept in the shell's history.
 */
import { readFileSync } from 'node:fs';
import { fault } from './errors.ts';
import type { Io } from './io.ts';

/** Longer texts are no secret of any kind that is read here. */
const LONGEST_BYTES = 64 * 1024;

/**
 * Reads a secret, blanks around it taken off.
 * @param source  what the option was given: `-` or `@FILE`
 * @throws CliError SECRET_IN_ARGUMENT for anything else, without repeating it
 */
export async function readSecret(io: Io, source: string, option: string): Promise<string> {
  const bytes = await readSource(io, source, option);
  const text = new TextDecoder()
    .decode(bytes)
    .replace(/^\ufeff/, '')
    .trim();
  bytes.fill(0);
  if (text === '') throw fault('USAGE', `--${option}: there is nothing in its source`);
  return text;
}

async function readSource(io: Io, source: string, option: string): Promise<Uint8Array> {
  if (source === '-') return checkLength(await io.readStdin(), option);
  checkSource(source, option);
  return checkLength(readInputFile(source.slice(1)), option);
}

/** @throws CliError SECRET_IN_ARGUMENT for a source that is neither `-` nor `@FILE` */
export function checkSource(source: string, option: string): void {
  if (source === '-' || source.startsWith('@')) return;
  throw fault(
    'SECRET_IN_ARGUMENT',
    `--${option} takes no secret from the command line`,
    `use --${option} - for standard input, or --${option} @FILE`,
  );
}

/**
 * Standard input ends once: only one reader can have it.
 * @param sources by option; an argument without a name of its own goes by capitals, as in the usage
 * @throws CliError USAGE
 */
export function checkOneStdin(sources: Readonly<Record<string, string | undefined>>): void {
  const [first, second] = Object.keys(sources).filter((option) => sources[option] === '-');
  if (first === undefined || second === undefined) return;
  throw fault(
    'USAGE',
    `${typed(first)} and ${typed(second)} cannot both come from standard input`,
    `use ${typed(second)} @FILE`,
  );
}

function typed(option: string): string {
  return option === option.toUpperCase() ? option : `--${option}`;
}

function checkLength(bytes: Uint8Array, option: string): Uint8Array {
  if (bytes.length <= LONGEST_BYTES) return bytes;
  throw fault('USAGE', `--${option}: its source is longer than ${LONGEST_BYTES} bytes`);
}

/** Reads a file that the user named. @throws CliError FILE_NOT_FOUND, FILE_NOT_ACCESSIBLE */
export function readInputFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw fault('FILE_NOT_FOUND', `${path} does not exist`);
    throw fault('FILE_NOT_ACCESSIBLE', `${path}: ${code}`, 'check the path and its rights');
  }
}
