/** The refusals of the seed-record formats: which codes there are, and how they are made. */

export type RecordFault =
  /** The text is not what its format demands. */
  | 'BAD_RECORD'
  /** The format has no place for what this token is made of. */
  | 'FORMAT_TOO_NARROW';

/** A seed record cannot be written or read. `message` never holds a value of the record. */
export class RecordError extends Error {
  override readonly name = 'RecordError';

  constructor(
    readonly code: RecordFault,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

export function badRecord(reason: string): RecordError {
  return new RecordError(
    'BAD_RECORD',
    `seed record: ${reason}`,
    'the formats are entra-csv, graph and otpauth; see docs/cli.md',
  );
}

export function tooNarrow(format: string, reason: string, hint: string): RecordError {
  return new RecordError('FORMAT_TOO_NARROW', `${format}: ${reason}`, hint);
}
