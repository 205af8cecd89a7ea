/**
 * Every way in which a command can fail, with its exit code. A failure has a stable code (printed
 * with --json), a message and, where there is something to do about it, a hint.
 *
 * Messages never repeat what came from standard input, from a secret's file or from an unexpected
 * argument: any of them may be a secret.
 */
import { ExitCode } from './exit-codes.ts';

const {
  REFUSED,
  USAGE,
  PIN_WRONG,
  PIN_LOCKED,
  VERIFICATION_FAILED,
  NOT_FOUND,
  TIMED_OUT,
  INTERNAL,
} = ExitCode;

/** Failures that the command line itself finds. */
const OWN_FAULTS = {
  USAGE,
  SECRET_IN_ARGUMENT: USAGE,
  SECRET_TO_TERMINAL: USAGE,
  BAD_SEED: USAGE,
  BAD_KEY: USAGE,
  BAD_PIN: USAGE,
  BAD_TIME: USAGE,
  BAD_RECORD: USAGE,
  BAD_QR_CODE: USAGE,
  FORMAT_TOO_NARROW: USAGE,
  FILE_EXISTS: USAGE,
  FILE_NOT_FOUND: NOT_FOUND,
  FILE_NOT_ACCESSIBLE: REFUSED,
  ACCOUNT_NOT_FOUND: NOT_FOUND,
  NO_CODE: REFUSED,
  CLOCK_WENT_BACK: REFUSED,
  CLOCK_NOT_ALLOWED: REFUSED,
  NAME_EXISTS: REFUSED,
  TOKEN_FULL: REFUSED,
  PIN_NEEDED: REFUSED,
  PIN_WRONG,
  PIN_BLOCKED: PIN_LOCKED,
  PIN_COMMON: REFUSED,
  PIN_SET: REFUSED,
  PIN_NOT_SET: REFUSED,
  PUK_WRONG: PIN_WRONG,
  PUK_BLOCKED: PIN_LOCKED,
  PUK_COMMON: REFUSED,
  PUK_SET: REFUSED,
  PUK_NOT_SET: REFUSED,
  GIVEN_UP: REFUSED,
  KEY_DOES_NOT_OPEN: VERIFICATION_FAILED,
  ENDPOINT_UNREACHABLE: REFUSED,
  CREDENTIAL_REFUSED: REFUSED,
  SERVER_REFUSED: REFUSED,
  SERVER_KNOWS_NOTHING: NOT_FOUND,
  SIGN_IN_REFUSED: REFUSED,
  TIMED_OUT,
  STEP_FAILED: VERIFICATION_FAILED,
  INCOMPLETE: REFUSED,
  INTERNAL,
} as const;

export type Fault = keyof typeof OWN_FAULTS;

/** Failures of the parts below, by the class's name and its code; loading the classes costs time. */
const FOREIGN_FAULTS: Readonly<Record<string, Readonly<Record<string, ExitCode>>>> = {
  RecordError: {
    BAD_RECORD: USAGE,
    FORMAT_TOO_NARROW: USAGE,
    RECORD_INCOMPLETE: USAGE,
    UNSUPPORTED: USAGE,
    KEY_NEEDED: USAGE,
    KEY_WRONG: VERIFICATION_FAILED,
    NO_QR_CODE: NOT_FOUND,
  },
  TokenFileError: {
    NOT_FOUND,
    EXISTS: USAGE,
    WRONG_SIZE: VERIFICATION_FAILED,
    NO_BOARD_FILE: NOT_FOUND,
    BAD_BOARD_FILE: VERIFICATION_FAILED,
    IN_USE: REFUSED,
    NOT_ACCESSIBLE: REFUSED,
  },
  TokenError: {
    DAMAGED: VERIFICATION_FAILED,
    OTHER_VERSION: VERIFICATION_FAILED,
    SELF_TEST_FAILED: VERIFICATION_FAILED,
    NO_RECORD: NOT_FOUND,
  },
  SmartCardError: {
    NO_ADMIN_KEY: NOT_FOUND,
    ADMIN_KEY_BLOCKED: PIN_LOCKED,
    RESPONSE_WRONG: VERIFICATION_FAILED,
  },
  StoreError: { DATABASE_CORRUPT: VERIFICATION_FAILED, DATABASE_UNSUPPORTED: USAGE },
  ListenError: { HOST_UNKNOWN: USAGE },
  FirmwareError: { BOARD_NOT_FOUND: NOT_FOUND, BUILD_FAILED: INTERNAL, IMAGE_TOO_LARGE: INTERNAL },
  LinkError: {
    HOST_UNKNOWN: USAGE,
    DEVICE_NOT_FOUND: NOT_FOUND,
    NO_SERIAL_PORT: USAGE,
    NO_ANSWER: TIMED_OUT,
    BAD_LOG: USAGE,
    OTHER_IMAGE: VERIFICATION_FAILED,
    LOG_DIFFERS: VERIFICATION_FAILED,
  },
};

const TOKEN_HINTS: Readonly<Record<string, string>> = {
  DAMAGED: 'restore a copy of the image that was made before, or make a new token',
  OTHER_VERSION: 'use the oathfob version that made this token',
  NO_ADMIN_KEY: 'enroll it first: oathfob token mimcm enroll',
  WRONG_DATA: 'a serial number is 1 to 32 letters, digits, ".", "_" or "-"',
};

export class CliError extends Error {
  override readonly name = 'CliError';
  /** More for the JSON object; docs/cli.md says what. */
  readonly details: object;

  constructor(
    readonly code: string,
    message: string,
    readonly hint: string | null,
    readonly exitCode: ExitCode,
    options: ErrorOptions & { details?: object } = {},
  ) {
    super(message, options);
    this.details = options.details ?? {};
  }
}

/** A failure of the table above. */
export function fault(
  code: Fault,
  message: string,
  hint: string | null = null,
  details: object = {},
): CliError {
  return new CliError(code, message, hint, OWN_FAULTS[code], { details });
}

/** Any error as one that can be reported. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (!(error instanceof Error)) return fault('INTERNAL', 'unexpected failure');
  const codes = FOREIGN_FAULTS[error.name];
  if (codes === undefined) return internal(error);
  const { code, hint } = error as Error & { code: string; hint?: string };
  return new CliError(
    code,
    error.message,
    hint ?? TOKEN_HINTS[code] ?? null,
    codes[code] ?? REFUSED,
    { cause: error },
  );
}

function internal(error: Error): CliError {
  return new CliError(
    'INTERNAL',
    `unexpected failure: ${error.message}`,
    'this is a fault of oathfob: please report it with the command you typed',
    INTERNAL,
    { cause: error },
  );
}
