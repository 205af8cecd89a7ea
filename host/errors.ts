/**
 * Every refusal of the host library, in one table: a stable `code` to test for, a sentence for
 * people. Wrong types and ranges of arguments are TypeError and RangeError instead.
 */

/** Status words of the token (assembly/apdu/status.ts) and what they mean to a caller. */
const STATUS_WORDS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  25600: ['DAMAGED', 'the flash image is damaged; the token gives nothing out'],
  25601: ['OTHER_VERSION', 'the flash image was written by firmware with another format'],
  25985: [
    'WRITE_FAILED',
    'the flash did not take a write; the change may have happened: power on again, then look',
  ],
  26368: ['WRONG_LENGTH', 'the command, or a field in it, has the wrong length'],
  26756: ['CHAINING_NOT_SUPPORTED', 'the token takes a command in one piece only'],
  27010: ['NOT_ALLOWED', 'the token does not allow this to just anyone'],
  27011: ['BLOCKED', 'no tries are left; the secret was not looked at'],
  27012: ['NO_SUCH_DATA', 'the token has no such name, or no such code is set'],
  27013: ['CONDITIONS_NOT_SATISFIED', 'the token is not in a state for this'],
  27264: ['WRONG_DATA', 'the token does not accept these values'],
  27266: ['NO_APPLET', 'the token has no such applet'],
  27267: ['NO_RECORD', 'the token has nothing in this slot'],
  27268: ['FULL', 'the token has no room left'],
  27270: ['WRONG_PARAMETERS', 'P1 or P2 of the command is wrong'],
  27273: ['NAME_EXISTS', 'the token has an account of this name already'],
  27904: ['UNKNOWN_INSTRUCTION', 'the token does not know this instruction'],
  28160: ['UNKNOWN_CLASS', 'the token does not know this class'],
  28416: ['SELF_TEST_FAILED', 'the power-on self-test failed'],
};

/** 63Cx: x tries are left. */
const STATUS_WRONG_PIN = 0x63c0;

/** The token refused, or cannot work. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    /** Stable, upper case: one of the words above, NOT_BOOTED, STOPPED or UNKNOWN_STATUS. */
    readonly code: string,
    message: string,
    /** The status word, when the token gave one. */
    readonly statusWord: number | null = null,
  ) {
    super(message);
  }

  /** The error for a status word other than 9000. */
  static fromStatusWord(statusWord: number): TokenError {
    if ((statusWord & 0xfff0) === STATUS_WRONG_PIN) return new WrongPinError(statusWord & 0x0f);
    const [code, message] = STATUS_WORDS[statusWord] ?? [
      'UNKNOWN_STATUS',
      'the token answered with a status word that this library does not know',
    ];
    const hex = statusWord.toString(16).padStart(4, '0');
    return new TokenError(code, `${message} (status ${hex})`, statusWord);
  }
}

/** The PIN or PUK was wrong, and cost a try. */
export class WrongPinError extends TokenError {
  /** @param triesLeft before the secret is blocked; 0: it is blocked now */
  constructor(readonly triesLeft: number) {
    const tries = triesLeft === 1 ? '1 try' : `${triesLeft} tries`;
    super('PIN_WRONG', `wrong, ${tries} left`, STATUS_WRONG_PIN | triesLeft);
  }
}
