import type { Answer, Exchange } from '../exchange.ts';
import { NO_CONTENT } from '../exchange.ts';
import { randomDigits } from '../random-digits.ts';
import { cardOf, checkCardId, openCardOfRequest } from './cards.ts';
import { CmRefusal } from './errors.ts';
import { parseChallenge, queryOf } from './input.ts';
import { secretAnswer, templateOf } from './keys.ts';
import { type CmCard, cmCards, isRunning, isUsable, UserPinOption } from './records.ts';
import { openRequestOf } from './requests.ts';

/** serverproposedpin: the PIN that a client shall set on the card. */

/** By the card alone, as the vendor's page has it: the card's running request is meant. */
export function proposePin(exchange: Exchange): Answer {
  const card = cardOf(exchange);
  const request = openRequestOf(exchange.state, card);
  if (!request || !isRunning(request) || !isUsable(card)) throw new CmRefusal('forbidden');
  return propose(exchange, card);
}

/** Through the request, as the vendor's table has it. */
export function proposePinOfRequest(exchange: Exchange): Answer {
  return propose(exchange, openCardOfRequest(exchange).card);
}

/**
 * Whose PIN it is, the template says: 204 leaves it to the user. A distributed one is kept until
 * the request ends, so that asking again gives the same; a randomised one is kept nowhere.
 */
function propose(exchange: Exchange, card: CmCard): Answer {
  checkCardId(exchange, card, false);
  const challenge = queryOf(exchange.url, 'challenge');
  if (challenge !== null) parseChallenge(challenge);
  const { pinLength } = exchange.state.settings.mimCm;
  switch (templateOf(exchange, card).userPinOption) {
    case UserPinOption.None:
    case UserPinOption.UserProvided:
      return NO_CONTENT;
    case UserPinOption.Randomized:
      return secretAnswer(randomPin(pinLength));
    case UserPinOption.ServerDistributed:
    case UserPinOption.CustomServerDistributed: {
      const proposedPin = card.proposedPin ?? randomPin(pinLength);
      if (card.proposedPin === null) cmCards(exchange.state).save({ ...card, proposedPin });
      return secretAnswer(proposedPin);
    }
  }
}

/** A group of one to three digits over and over. */
const REPETITION = /^(\d{1,3}?)\1+$/;
const UPWARDS = '0123456789';
const DOWNWARDS = '9876543210';

/** Digits that cards take: no repetition and no run, which many refuse. */
function randomPin(length: number): string {
  for (;;) {
    const digits = randomDigits(length);
    const isRun = UPWARDS.includes(digits) || DOWNWARDS.includes(digits);
    if (!isRun && !REPETITION.test(digits)) return digits;
  }
}
