/**
 * The order in which a client enrols a smart card, and unblocks one (MIM CM's published
 * walkthrough; docs/mimcm.md). Certificates are left out: the token has no keys of that kind.
 */
import { type PinProof, type SmartCard, SmartCardError } from '../../card/smart-card.ts';
import { fault } from '../errors.ts';
import type { CardConfiguration, CmClient, Template } from './client.ts';

/** Where the PIN comes from, and how the card is given it. */
export interface PinDesk {
  /** @param proposed null when the user has to choose one */
  give(proposed: string | null): Promise<Uint8Array>;
  /** Runs what sets it, and tells a refusal of the token in the words of its PIN. */
  set(send: () => void): void;
}

export interface Life {
  readonly client: CmClient;
  readonly card: SmartCard;
  /** Gives a card that has none the admin key of cards fresh from the factory. */
  readonly prepare: (configuration: CardConfiguration) => void;
  readonly desk: PinDesk;
  readonly proof: PinProof;
  readonly note: (text: string) => void;
}

/** Binds the card to a new request, changes its admin key, sets its PIN, completes the request. */
export async function enroll(life: Life, templateName: string | undefined): Promise<string> {
  const { client, card, note } = life;
  const template = choose(await client.listTemplates(), templateName);
  const configuration = await client.getConfiguration(template.Uuid);
  life.prepare(configuration);
  const about = { type: 'Enroll', profiletemplateuuid: template.Uuid };
  return within(life, about, async (requestId) => {
    const uuid = await client.bindCard(requestId, card.cardId, card.atr);
    note(`bound card ${card.cardId} to the request`);
    const place = { requestId, uuid, cardId: card.cardId };
    if (configuration.DiversifyAdminKey) await diversify(life, place);
    await setPin(life, place, configuration.DiversifyAdminKey);
    return uuid;
  });
}

/** Sets a new PIN on a card that is in use. */
export async function unblock(life: Life): Promise<string> {
  const { client, card } = life;
  const known = await client.findCard(card.cardId);
  if (known === null) {
    throw fault('SERVER_KNOWS_NOTHING', 'the server does not know this card', 'enroll it first');
  }
  const configuration = await client.getConfiguration(known.ProfileTemplateUuid);
  return within(life, { type: 'Unblock', smartcard: known.Uuid }, async (requestId) => {
    const place = { requestId, uuid: known.Uuid, cardId: card.cardId };
    await setPin(life, place, configuration.DiversifyAdminKey);
    return known.Uuid;
  });
}

/** A card within a request. */
export interface Place {
  readonly requestId: string;
  readonly uuid: string;
  readonly cardId: string;
}

/** A request that does not come to its end is cancelled, so that the next one finds the card free. */
async function within(
  { client }: Life,
  about: object,
  act: (requestId: string) => Promise<string>,
): Promise<string> {
  const requestId = await client.createRequest(about);
  try {
    const uuid = await act(requestId);
    await client.endRequest(requestId, 'Completed');
    return uuid;
  } catch (error) {
    await client.endRequest(requestId, 'Canceled').catch(() => {});
    throw error;
  }
}

/** A card that was enrolled before has its diversified key already; it says so by refusing. */
export async function diversify({ client, card, note }: Life, place: Place): Promise<void> {
  const key = await client.diversifiedKey(place.requestId, place.uuid, place.cardId);
  const response = await client.authenticationResponse(place, card.getChallenge(), false);
  try {
    card.changeAdminKey(response, key);
    note('changed the admin key');
  } catch (error) {
    const isWrong = error instanceof SmartCardError && error.code === 'RESPONSE_WRONG';
    if (!isWrong) throw error;
    note('the admin key is changed already');
  } finally {
    key.fill(0);
  }
}

/** Sets the PIN that the server proposes, or the user's own; the card checks who sets it. */
export async function setPin(life: Life, place: Place, isDiversified: boolean): Promise<void> {
  const { client, card, note } = life;
  const proposed = await client.proposedPin(place.uuid, place.cardId, card.atr);
  const pin = await life.desk.give(proposed);
  const response = await client.authenticationResponse(place, card.getChallenge(), isDiversified);
  life.desk.set(() => card.setPin(response, pin, life.proof));
  note(proposed === null ? 'set the PIN' : 'set the PIN that the server proposes');
}

function choose(templates: readonly Template[], name: string | undefined): Template {
  const cards = templates.filter(({ IsSmartcardProfileTemplate: isCard }) => isCard);
  const wanted = name === undefined ? cards : cards.filter(({ Name }) => Name === name);
  if (wanted.length === 1) return wanted[0]!;
  const names = cards.map(({ Name }) => JSON.stringify(Name)).join(', ');
  throw fault(
    'SERVER_KNOWS_NOTHING',
    wanted.length === 0 ? 'there is no such template to enroll for' : 'which template?',
    names === '' ? null : `--template with one of ${names}`,
  );
}
