/** The MIM CM calls that a card's life needs (docs/mimcm.md). Its answers hold keys and PINs. */
import type { AccessTokenSource } from '../credentials.ts';
import { fault } from '../errors.ts';
import { type Fetch, transportFault } from '../transport.ts';

export interface CmClientOptions {
  /** Scheme, host and port, and what stands before `/CertificateManagement`. */
  readonly baseUrl: string;
  readonly accessToken: AccessTokenSource;
  readonly fetch: Fetch;
  readonly timeoutMilliseconds: number;
}

export interface Template {
  readonly Uuid: string;
  readonly Name: string;
  readonly IsSmartcardProfileTemplate: boolean;
}

export interface CardConfiguration {
  readonly DefaultAdminKeyHex: string;
  readonly DiversifyAdminKey: boolean;
}

export interface CardObject {
  readonly Uuid: string;
  readonly ProfileTemplateUuid: string;
}

/** Status of a request that may go on. */
const APPROVED = 3;

/** Every method throws a CliError: refused (1), not there (6), timed out (42). */
export class CmClient {
  readonly #options: CmClientOptions;

  constructor(options: CmClientOptions) {
    this.#options = options;
  }

  async listTemplates(): Promise<readonly Template[]> {
    return (await this.#call<Template[]>('GET', 'profiletemplates')) ?? [];
  }

  async getConfiguration(templateId: string): Promise<CardConfiguration> {
    const path = `profiletemplates/${templateId}/configuration/smartcards`;
    return this.#demand(await this.#call<CardConfiguration>('GET', path));
  }

  /** @returns the id of the request, which is approved */
  async createRequest(about: object): Promise<string> {
    const body = { ...about, datacollection: '[]', comment: '' };
    const address = this.#demand(await this.#call<string>('POST', 'requests', body));
    const id = lastSegment(address);
    const request = await this.#call<{ Status: number }>('GET', `requests/${id}`);
    if (request?.Status === APPROVED) return id;
    throw fault('SERVER_REFUSED', 'the request waits for approval', 'run it again when approved');
  }

  async endRequest(id: string, status: 'Completed' | 'Canceled'): Promise<void> {
    await this.#call('PUT', `requests/${id}`, { status });
  }

  /** @returns the server's own id of the card */
  async bindCard(requestid: string, cardid: string, atr: string): Promise<string> {
    const address = await this.#call<string>('POST', 'smartcards', { requestid, cardid, atr });
    return lastSegment(this.#demand(address));
  }

  /** The card of this card id, or null when the server does not know it as the caller's. */
  findCard(cardId: string): Promise<CardObject | null> {
    return this.#call('GET', `smartcards?cardid=${cardId}`);
  }

  /** The admin key that the card shall have, 24 bytes. */
  async diversifiedKey(requestId: string, cardUuid: string, cardId: string): Promise<Uint8Array> {
    const path = `requests/${requestId}/smartcards/${cardUuid}/diversifiedkey?cardid=${cardId}`;
    return bytesOfBase64(this.#demand(await this.#call<string>('GET', path)));
  }

  async authenticationResponse(
    card: { readonly requestId: string; readonly uuid: string; readonly cardId: string },
    challenge: Uint8Array,
    diversified: boolean,
  ): Promise<Uint8Array> {
    const query = new URLSearchParams({
      cardid: card.cardId,
      challenge: Buffer.from(challenge).toString('base64'),
      diversified: String(diversified),
    });
    const path = `requests/${card.requestId}/smartcards/${card.uuid}/authenticationresponse`;
    return bytesOfBase64(this.#demand(await this.#call<string>('GET', `${path}?${query}`)));
  }

  /** The PIN that the server proposes, or null when it leaves it to the user. */
  async proposedPin(cardUuid: string, cardId: string, atr: string): Promise<string | null> {
    const query = new URLSearchParams({ atr, cardid: cardId });
    const pin = await this.#call<string>(
      'GET',
      `smartcards/${cardUuid}/serverproposedpin?${query}`,
    );
    if (pin === null || /^[0-9]{6,16}$/.test(pin)) return pin;
    throw fault('SERVER_REFUSED', 'the proposed PIN is none that a token takes: 6 to 16 digits');
  }

  /** A 204 says that there should have been something. */
  #demand<Body>(body: Body | null): Body {
    if (body !== null) return body;
    throw fault('SERVER_REFUSED', 'the server answered 204 where it has to return something');
  }

  async #call<Body>(method: string, path: string, body?: object): Promise<Body | null> {
    const { baseUrl, accessToken, fetch, timeoutMilliseconds } = this.#options;
    try {
      const response = await fetch(`${baseUrl}/CertificateManagement/api/v1.0/${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${await accessToken()}`,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMilliseconds),
        redirect: 'error',
      });
      return answerOf<Body>(response.status, await response.text());
    } catch (error) {
      throw transportFault(error, new URL(baseUrl).origin, timeoutMilliseconds);
    }
  }
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'is the bearer token one for this server?',
  403: 'the card, the request or the template is not the caller’s, or not in a state for this',
  404: 'is the API switched on, and --endpoint right?',
};

/** Answers to refusals name the error; answers that hold a key or a PIN are never repeated. */
function answerOf<Body>(status: number, text: string): Body | null {
  if (status === 204) return null;
  const body = parsed(text) as (Body & { Message?: string; ErrorCode?: string }) | undefined;
  if (status < 300 && body !== undefined) return body;
  const said = [status, body?.ErrorCode, status === 500 && body?.Message].filter(Boolean).join(' ');
  const hint = HINTS[status] ?? null;
  if (status === 404) throw fault('SERVER_KNOWS_NOTHING', `the server answered ${said}`, hint);
  throw fault('SERVER_REFUSED', `the server answered ${said}`, hint);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `api/v1.0/requests/GUID`, in whatever form the server writes the rest. */
function lastSegment(address: string): string {
  const id = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(address)?.[1];
  if (id === undefined) throw fault('SERVER_REFUSED', 'the server’s answer is not an address');
  return id;
}

function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
