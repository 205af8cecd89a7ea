/** The steps about MIM CM: the same token as a smart card, whose PIN the server proposes. */
import { setPinPolicy } from '../../../host/pin.ts';
import { enterPin } from '../../board/enter-pin.ts';
import { SmartCard } from '../../card/smart-card.ts';
import { diversify, type Life, type Place, setPin } from '../mimcm/life.ts';
import { pinStatusOf } from '../pin/tries.ts';
import { codeOfSeed, DEMO_WRONG_PIN, refusalShown } from './pin-steps.ts';
import { type Account, demand, type Step } from './step.ts';
import type { Tour } from './tour.ts';

/** The card and the request it is in, as the client between card and server knows them. */
export interface EnrolledCard {
  readonly life: Life;
  readonly place: Place;
  /** The digits that the server proposed. */
  pin: Uint8Array;
  /** What the client said last. */
  said: string;
}

async function request(tour: Tour): Promise<Account> {
  const scopes = ['CertificateManagement.Access'];
  const client = tour.cardClientFor(await tour.emulator.createToken(tour.person.id, scopes));
  const card = new SmartCard(tour.token);
  const [template] = await client.listTemplates();
  demand(template !== undefined, 'there is no template to enroll for');
  const { DefaultAdminKeyHex } = await client.getConfiguration(template.Uuid);
  card.prepare(DefaultAdminKeyHex, null);
  const about = { type: 'Enroll', profiletemplateuuid: template.Uuid };
  const requestId = await client.createRequest(about);
  const uuid = await client.bindCard(requestId, card.cardId, card.atr);
  const place = { requestId, uuid, cardId: card.cardId };
  tour.smartCard = enrolled({ client, card }, place);
  return {
    sent: 'POST …/requests, …/smartcards',
    received: `card ${card.cardId.slice(0, 8)}… bound`,
  };
}

function enrolled(parts: Pick<Life, 'client' | 'card'>, place: Place): EnrolledCard {
  const life: Life = {
    ...parts,
    prepare: () => {},
    desk: {
      give: async (proposed) => {
        demand(proposed !== null, 'the server proposes no PIN');
        smartCard.pin = new TextEncoder().encode(proposed);
        return smartCard.pin;
      },
      set: (send) => send(),
    },
    proof: { kind: 'none' },
    note: (text) => {
      smartCard.said = text;
    },
  };
  const smartCard: EnrolledCard = { life, place, pin: new Uint8Array(), said: '' };
  return smartCard;
}

async function changeKey({ smartCard }: Tour): Promise<Account> {
  await diversify(smartCard.life, smartCard.place);
  demand(smartCard.said === 'changed the admin key', 'the card has another admin key');
  return { sent: 'its challenge to the server', received: 'the answer opens it, new admin key' };
}

async function takePin({ smartCard, token }: Tour): Promise<Account> {
  const { life, place } = smartCard;
  await setPin(life, place, true);
  await life.client.endRequest(place.requestId, 'Completed');
  const { policy } = pinStatusOf(token);
  demand(policy !== 'off', 'the token has no PIN');
  const digits = smartCard.pin.length;
  return { sent: 'GET …/serverproposedpin', received: `${digits} digits, set on the token` };
}

async function open(tour: Tour): Promise<Account> {
  tour.powerOn();
  enterPin(tour.token, tour.smartCard.pin);
  return { sent: 'power on, and the PIN with its keys', received: codeOfSeed(tour) };
}

async function openWrongly(tour: Tour): Promise<Account> {
  tour.powerOn();
  enterPin(tour.token, DEMO_WRONG_PIN);
  return { sent: 'the same, with another PIN', received: refusalShown(tour, 'WRONG PIN') };
}

async function retire(tour: Tour): Promise<Account> {
  const { life, place, pin } = tour.smartCard;
  const { client } = life;
  const requestId = await client.createRequest({ type: 'Retire', smartcard: place.uuid });
  await client.endRequest(requestId, 'Completed');
  pinStatusOf(tour.token);
  setPinPolicy(tour.token, 'off', pin);
  tour.powerOn();
  return {
    sent: 'retire it, SET POLICY off',
    received: `${codeOfSeed(tour)} without a PIN, a token again`,
  };
}

export const CARD_STEPS: readonly Step[] = [
  { name: 'card', title: 'enroll it as a card', run: request },
  { name: 'card-key', title: 'prove who asks', run: changeKey },
  { name: 'card-pin', title: 'take the proposed PIN', run: takePin },
  { name: 'card-open', title: 'open it', run: open },
  { name: 'card-wrong', title: 'try another PIN', run: openWrongly },
  { name: 'card-retire', title: 'retire the card', run: retire },
];
