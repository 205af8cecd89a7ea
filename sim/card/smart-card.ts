/**
 * A token as Windows sees a smart card: an ATR, a CardId, an admin key that answers to challenges,
 * and a PIN (windows-driver-docs, smartcard/developer-guidelines, "Admin key").
 *
 * The PIN is the token's own and is set by its CHANGE REFERENCE DATA. The admin key is not in the
 * token yet: its firmware has no triple DES, so this half of the card is here, and its key in a file
 * beside the image. docs/mimcm.md says which commands would bring it in.
 *
 * What it does not protect against: whoever reads that file has the admin key, and with it what an
 * administrator may do here, which is to set a PIN where the token lets one be set.
 */
import { digest } from '@chainsafe/as-sha256';
import { readInfo, selectManagement } from '../../host/management.ts';
import { changePin, readPinStatus, type SecretDigits, setPin, unblockPin } from '../../host/pin.ts';
import type { Token } from '../../host/token.ts';
import { bytesOf, hexadecimal, isSame } from '../bytes.ts';
import { encryptTripleDes } from '../triple-des.ts';

/** What a card keeps of its admin key. */
export interface AdminKeyState {
  /** 24 bytes K1 | K2 | K3, hexadecimal. */
  readonly adminKey: string;
  readonly triesLeft: number;
}

/** Where it is kept; `save` returns when the state survives a power cut. */
export interface AdminKeyStore {
  load(): AdminKeyState;
  save(state: AdminKeyState): void;
}

export const ADMIN_KEY_TRIES = 5;

/** Why a card refuses. */
export type SmartCardProblem =
  | 'NO_SERIAL'
  | 'NO_CHALLENGE'
  | 'RESPONSE_WRONG'
  | 'ADMIN_KEY_BLOCKED';

const MESSAGES: Readonly<Record<SmartCardProblem, string>> = {
  NO_SERIAL: 'the token has no serial number, and so no card id',
  NO_CHALLENGE: 'there is no challenge that this would answer',
  RESPONSE_WRONG: 'the answer to the challenge is wrong',
  ADMIN_KEY_BLOCKED: 'the admin key is blocked',
};

export class SmartCardError extends Error {
  override readonly name = 'SmartCardError';

  constructor(readonly code: SmartCardProblem) {
    super(MESSAGES[code]);
  }
}

const CHALLENGE_BYTES = 8;

/** T=1, historical bytes in COMPACT-TLV: card issuer's data "OATH-TKN1" (ISO 7816-3 §8, 7816-4 §12). */
const ATR = '3b8b0180594f4154482d544b4e310c';

export class SmartCard {
  readonly #token: Token;
  readonly #store: AdminKeyStore;
  #challenge: Uint8Array | null = null;

  constructor(token: Token, store: AdminKeyStore) {
    this.#token = token;
    this.#store = store;
  }

  /** Lower-case hexadecimal. */
  get atr(): string {
    return ATR;
  }

  /**
   * The CardId, a GUID. A card is given one when it is prepared; this one has it from its serial
   * number, so that every copy of the image is the same card (RFC 9562 §5.8).
   */
  get cardId(): string {
    this.#select();
    const { serialNumber } = readInfo(this.#token);
    if (serialNumber === null) throw new SmartCardError('NO_SERIAL');
    const bytes = digest(new TextEncoder().encode(`oathfob card ${serialNumber}`)).slice(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return hexadecimal(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** A new challenge of 8 random bytes. It dies with the next command, whatever that is. */
  getChallenge(): Uint8Array {
    this.#challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE_BYTES));
    return this.#challenge.slice();
  }

  /** Puts another admin key in place of the one that the response proves. */
  changeAdminKey(response: Uint8Array, newKey: Uint8Array): void {
    this.#authenticate(response);
    this.#store.save({ adminKey: hexadecimal(newKey), triesLeft: ADMIN_KEY_TRIES });
  }

  /**
   * Sets the PIN for an administrator, whom the response proves. The token wants more than that if
   * it has a PIN: the old one, or the PUK.
   */
  setPin(response: Uint8Array, newPin: SecretDigits, proof: PinProof): void {
    this.#authenticate(response);
    this.#select();
    if (proof.kind === 'puk') unblockPin(this.#token, proof.digits, newPin);
    else if (proof.kind === 'pin') changePin(this.#token, proof.digits, newPin);
    else setPin(this.#token, newPin);
  }

  get hasPin(): boolean {
    this.#select();
    return readPinStatus(this.#token).policy !== 'off';
  }

  /** Any command ends a challenge that was not answered. */
  #select(): void {
    this.#challenge = null;
    selectManagement(this.#token);
  }

  /** The try is counted before the comparison; a right answer takes it back. */
  #authenticate(response: Uint8Array): void {
    const challenge = this.#challenge;
    this.#challenge = null;
    if (challenge === null) throw new SmartCardError('NO_CHALLENGE');
    const state = this.#store.load();
    if (state.triesLeft === 0) throw new SmartCardError('ADMIN_KEY_BLOCKED');
    this.#store.save({ ...state, triesLeft: state.triesLeft - 1 });
    const expected = encryptTripleDes(bytesOf(state.adminKey), challenge);
    if (!isSame(response, expected)) throw new SmartCardError('RESPONSE_WRONG');
    this.#store.save({ ...state, triesLeft: ADMIN_KEY_TRIES });
  }
}

/** What the token asks for before its PIN becomes another one. */
export type PinProof =
  | { readonly kind: 'none' }
  | { readonly kind: 'pin' | 'puk'; readonly digits: SecretDigits };
