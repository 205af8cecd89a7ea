/**
 * The refusals of the provisioning formats, all of them: which codes there are, how they are made,
 * and what can be done about each.
 */

const HINTS = {
  /** The text is not what its format demands. */
  BAD_RECORD: 'the formats are entra-csv, graph, otpauth, migration and pskc; see docs/cli.md',
  /** The format has no place for what this token is made of. */
  FORMAT_TOO_NARROW: 'write the record with --format pskc, which can carry it',
  /** The format demands something that the record does not have. */
  RECORD_INCOMPLETE: 'choose a format that does without, or say what is missing',
  /** Well formed, but nothing that this software, or a token, can do. */
  UNSUPPORTED: 'a token does HOTP and TOTP with SHA-1, SHA-256 or SHA-512 and 6 to 8 digits',
  /** The file is encrypted, and no key or passphrase of the right kind was given. */
  KEY_NEEDED: 'give --passphrase -|@FILE or --key -|@FILE',
  /** The MAC does not fit: another key or passphrase, or a changed file. */
  KEY_WRONG: 'check the key or passphrase; if it is right, the file was changed',
  /** The picture shows nothing that can be read. */
  NO_QR_CODE: 'a sharper picture with a white border around the code helps',
} as const;

export type RecordFault = keyof typeof HINTS;

/** A seed record cannot be written or read. `message` never holds a secret of the record. */
export class RecordError extends Error {
  override readonly name = 'RecordError';

  constructor(
    readonly code: RecordFault,
    message: string,
    readonly hint: string | null = HINTS[code],
  ) {
    super(message);
  }
}

export function badRecord(reason: string): RecordError {
  return new RecordError('BAD_RECORD', `seed record: ${reason}`);
}

export function tooNarrow(format: string, reason: string, hint?: string | null): RecordError {
  return new RecordError('FORMAT_TOO_NARROW', `${format}: ${reason}`, hint);
}

export function incomplete(format: string, reason: string, hint?: string | null): RecordError {
  return new RecordError('RECORD_INCOMPLETE', `${format}: ${reason}`, hint);
}

export function unsupported(reason: string, hint?: string | null): RecordError {
  return new RecordError('UNSUPPORTED', `seed record: ${reason}`, hint);
}
