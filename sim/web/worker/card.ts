/** The token on the desk as a smart card (sim/card/smart-card.ts). */
import { selectManagement } from '../../../host/management.ts';
import { setPinPolicy } from '../../../host/pin.ts';
import type { Token } from '../../../host/token.ts';
import { type PinProof, SmartCard } from '../../card/smart-card.ts';
import type { CardInfo, NewCardPin } from '../protocol.ts';

export class Card {
  readonly #token: Token;
  readonly #card: SmartCard;

  constructor(token: Token) {
    this.#token = token;
    this.#card = new SmartCard(token);
  }

  get info(): CardInfo {
    const { isPrepared, atr, hasPin } = this.#card;
    return { cardId: isPrepared ? this.#card.cardId : null, atr, hasPin };
  }

  /** A card that has an admin key keeps it. */
  prepare(adminKeyHex: string): void {
    if (!this.#card.isPrepared) this.#card.prepare(adminKeyHex, null);
  }

  challenge(): Uint8Array {
    return this.#card.getChallenge();
  }

  changeAdminKey(response: Uint8Array, newKey: Uint8Array): void {
    this.#card.changeAdminKey(response, newKey);
    newKey.fill(0);
  }

  setPin({ response, pin, currentPin }: NewCardPin): void {
    const encoder = new TextEncoder();
    const digits = encoder.encode(pin);
    const proof: PinProof =
      currentPin === null ? { kind: 'none' } : { kind: 'pin', digits: encoder.encode(currentPin) };
    try {
      this.#card.setPin(response, digits, proof);
    } finally {
      digits.fill(0);
      if (proof.kind !== 'none') proof.digits.fill(0);
    }
  }

  removePin(pin: string): void {
    const digits = new TextEncoder().encode(pin);
    selectManagement(this.#token);
    try {
      setPinPolicy(this.#token, 'off', digits);
    } finally {
      digits.fill(0);
    }
  }
}
