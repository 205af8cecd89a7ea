/** Records from files: text of any format, or pictures of QR codes. */
import { decodeRecords, type PskcKey, type Reading } from '../../host/provision/record.ts';
import { decodeText } from '../../host/provision/text.ts';
import { fault } from './errors.ts';
import { readInputFile } from './secret-input.ts';
import type { Session } from './verb.ts';

/**
 * Reads the records of a file, and says what in it looks wrong or was left out.
 * @param path    `-` is standard input
 * @param unlock  what opens an encrypted PSKC file
 * @returns records whose seeds the caller wipes
 * @throws RecordError, CliError SECRET_IN_ARGUMENT, FILE_NOT_FOUND, FILE_NOT_ACCESSIBLE
 */
export async function readRecords(
  path: string,
  unlock: PskcKey | undefined,
  { io, report }: Session,
): Promise<Reading> {
  if (/^[a-z][a-z-]*:\/\//i.test(path)) {
    // An address holds its seed, and is not repeated.
    throw fault(
      'SECRET_IN_ARGUMENT',
      'an address is no argument, since it holds the seed',
      'pipe it in with -, or put it into a file',
    );
  }
  const bytes = path === '-' ? await io.readStdin() : readInputFile(path);
  try {
    const reading = await decodeRecords(await textOf(bytes), unlock);
    for (const warning of reading.warnings) report.warning(warning, 'docs/cli.md says more');
    return reading;
  } finally {
    bytes.fill(0);
  }
}

/** The file's text; of a picture, the texts of its QR codes, a line for each. */
async function textOf(bytes: Uint8Array): Promise<string> {
  // Pictures need libraries that no other file does.
  const { isPicture, readPicture } = await import('../picture/read.ts');
  if (!isPicture(bytes)) return decodeText(bytes);
  const { readQrCodes } = await import('../../host/provision/qr-code.ts');
  return readQrCodes(readPicture(bytes)).join('\n');
}
