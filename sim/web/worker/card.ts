/**
 * The token on the desk as a smart card (sim/card/smart-card.ts). The admin key is kept in memory: a
 * page that is opened anew has a card that comes from its factory.
 */
import { selectManagement } from '../../../host/management.ts';
import { setPinPolicy } from '../../../host/pin.ts';
import type { Token } from '../../../host/token.ts';
import {
  ADMIN_KEY_TRIES,
  type AdminKeyState,
  type PinProof,
  SmartCard,
} from '../../card/smart-card.ts';
import type { CardInfo, NewCardPin } from '../protocol.ts';

export class Card {
  #token: Token;
  #card: SmartCard;
  #adminKey: AdminKeyState = { adminKey: '', triesLeft: 0 };

  constructor(token: Token) {
    this.#token = token;
    this.#card = this.#made();
  }

  /** The token was switched on: a challenge that was not answered is forgotten. */
  insert(token: Token): void {
    this.#token = token;
    this.#card = this.#made();
  }

  get info(): CardInfo {
    const { cardId, atr, hasPin } = this.#card;
    return { cardId, atr, hasPin };
  }

  prepare(adminKeyHex: string): void {
    this.#adminKey = { adminKey: adminKeyHex.toLowerCase(), triesLeft: ADMIN_KEY_TRIES };
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

  #made(): SmartCard {
    const store = {
      load: () => this.#adminKey,
      save: (state: AdminKeyState) => {
        this.#adminKey = state;
      },
    };
    return new SmartCard(this.#token, store);
  }
}
