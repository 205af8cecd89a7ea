/**
 * A token as Windows sees a smart card: an ATR, a CardId, an admin key that answers to challenges,
 * and a PIN (windows-driver-docs, smartcard/developer-guidelines, "Admin key"). All of it is the
 * token's own (assembly/apdu/PROTOCOL.md, "Smart card"); here is the order in which a client asks for
 * it, and what its refusals mean.
 */

import { TokenError } from '../../host/errors.ts';
import { selectManagement } from '../../host/management.ts';
import {
  changePin,
  readPinStatus,
  type SecretDigits,
  setPin,
  unblockPin,
  verifyPin,
} from '../../host/pin.ts';
import {
  authenticateAdmin,
  changeAdminKey,
  getChallenge,
  readSmartCard,
  setAdminKey,
} from '../../host/smart-card.ts';
import type { Token } from '../../host/token.ts';
import { bytesOf } from '../bytes.ts';
import { ANSWER_TO_RESET } from '../link/answer-to-reset.ts';

/** Why a card refuses. */
export type SmartCardProblem =
  | 'NO_ADMIN_KEY'
  | 'NO_CHALLENGE'
  | 'RESPONSE_WRONG'
  | 'ADMIN_KEY_BLOCKED';

const MESSAGES: Readonly<Record<SmartCardProblem, string>> = {
  NO_ADMIN_KEY: 'the token is no smart card: it has no admin key',
  NO_CHALLENGE: 'there is no challenge that this would answer',
  RESPONSE_WRONG: 'the answer to the challenge is wrong',
  ADMIN_KEY_BLOCKED: 'the admin key is blocked',
};

/** What the token says of an answer, by its error codes. */
const REFUSALS: Readonly<Record<string, SmartCardProblem>> = {
  PIN_WRONG: 'RESPONSE_WRONG',
  WRONG_LENGTH: 'RESPONSE_WRONG',
  BLOCKED: 'ADMIN_KEY_BLOCKED',
  CONDITIONS_NOT_SATISFIED: 'NO_CHALLENGE',
};

export class SmartCardError extends Error {
  override readonly name = 'SmartCardError';

  constructor(readonly code: SmartCardProblem) {
    super(MESSAGES[code]);
  }
}

export class SmartCard {
  readonly #token: Token;

  constructor(token: Token) {
    this.#token = token;
  }

  /** Lower-case hexadecimal. */
  get atr(): string {
    return ANSWER_TO_RESET;
  }

  /** Whether it has an admin key, and with it a card id. */
  get isPrepared(): boolean {
    selectManagement(this.#token);
    return readSmartCard(this.#token) !== null;
  }

  /** The CardId, a GUID; the same for every copy of the token. */
  get cardId(): string {
    selectManagement(this.#token);
    const card = readSmartCard(this.#token);
    if (card === null) throw new SmartCardError('NO_ADMIN_KEY');
    return card.cardId;
  }

  get hasPin(): boolean {
    selectManagement(this.#token);
    return readPinStatus(this.#token).policy !== 'off';
  }

  /**
   * Makes the card one that comes from its factory with this key; it has none yet.
   * @param pin  of a token that has one
   */
  prepare(adminKeyHex: string, pin: SecretDigits | null): void {
    selectManagement(this.#token);
    if (pin !== null) verifyPin(this.#token, pin);
    const key = bytesOf(adminKeyHex);
    try {
      setAdminKey(this.#token, key);
    } finally {
      key.fill(0);
    }
  }

  /** A new challenge of 8 random bytes. It dies with the next command, whatever that is. */
  getChallenge(): Uint8Array {
    selectManagement(this.#token);
    return getChallenge(this.#token);
  }

  /** Puts another admin key in place of the one that the response proves. */
  changeAdminKey(response: Uint8Array, newKey: Uint8Array): void {
    ask(() => changeAdminKey(this.#token, response, newKey));
  }

  /**
   * Sets the PIN for an administrator, whom the response proves. The token wants more than that if
   * it has a PIN: the old one, or the PUK.
   */
  setPin(response: Uint8Array, newPin: SecretDigits, proof: PinProof): void {
    ask(() => authenticateAdmin(this.#token, response));
    selectManagement(this.#token);
    if (proof.kind === 'puk') unblockPin(this.#token, proof.digits, newPin);
    else if (proof.kind === 'pin') changePin(this.#token, proof.digits, newPin);
    else setPin(this.#token, newPin);
  }
}

/** Sends an answer, and tells its refusal from those of a PIN. */
function ask(send: () => void): void {
  try {
    send();
  } catch (error) {
    const problem = error instanceof TokenError ? REFUSALS[error.code] : undefined;
    throw problem === undefined ? error : new SmartCardError(problem);
  }
}

/** What the token asks for before its PIN becomes another one. */
export type PinProof =
  | { readonly kind: 'none' }
  | { readonly kind: 'pin' | 'puk'; readonly digits: SecretDigits };
