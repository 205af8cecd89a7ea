/** Requests of the person's own client to MIM CM, and what its answers are made of. */
import type { Exchange, Sender, ServerClient } from '../client.ts';

const BASE = '/CertificateManagement/api/v1.0';
const SETTINGS = '/_emulator/mim-cm';
/** Names of the states of a request that has not ended. */
const OPEN = ['Approved', 'Executing'] as const;

export class CmCalls {
  readonly #server: ServerClient;

  constructor(server: ServerClient) {
    this.#server = server;
  }

  get(path: string, sender: Sender = 'person'): Promise<Exchange> {
    return this.#server.send({ method: 'GET', path: `${BASE}/${path}`, sender });
  }

  post(path: string, body: object): Promise<Exchange> {
    return this.#server.send({ method: 'POST', path: `${BASE}/${path}`, body, sender: 'person' });
  }

  /** @param about  the type of the request, and what it is for */
  request(about: object): Promise<Exchange> {
    return this.post('requests', { ...about, datacollection: '[]', comment: '' });
  }

  endRequest(id: string, status: 'Completed' | 'Canceled'): Promise<Exchange> {
    const path = `${BASE}/requests/${id}`;
    return this.#server.send({ method: 'PUT', path, body: { status }, sender: 'person' });
  }

  /**
   * The card of this card id, null unless the server knows it as the person's; undefined when nobody
   * says. Part of no flow.
   */
  async findCard(cardId: string): Promise<{ Uuid: string; Status: number } | null | undefined> {
    const path = `${BASE}/smartcards?cardid=${cardId}`;
    const card = await this.#server.read(path, { sender: 'person' });
    return card as { Uuid: string; Status: number } | null | undefined;
  }

  /** Those that a page has left behind, which was closed in the middle: a card is in one at a time. */
  async giveUpOpenRequests(): Promise<void> {
    for (const status of OPEN) {
      const path = `${BASE}/requests?status=${status}`;
      const found = (await this.#server.read(path, { sender: 'person' })) as
        | { Uuid: string }[]
        | null;
      for (const { Uuid } of found ?? []) await this.endRequest(Uuid, 'Canceled');
    }
  }

  /** Switches the API on, if its administrator has left it off. */
  async switchOn(): Promise<void> {
    const settings = (await this.#server.read(SETTINGS)) as { enabled: boolean } | null;
    if (settings?.enabled === false) await this.setEnabled(true);
  }

  /** Switches the API on or off, as its administrator. */
  async setEnabled(enabled: boolean): Promise<void> {
    await this.#server.send({ method: 'PATCH', path: SETTINGS, body: { enabled } });
  }
}

/** `api/v1.0/requests/GUID`: its last part. */
export function lastSegment(address: unknown): string {
  return String(address).split('/').at(-1)!;
}

export function bytesOf(base64: unknown): Uint8Array {
  return Uint8Array.from(atob(String(base64)), (character) => character.charCodeAt(0));
}
