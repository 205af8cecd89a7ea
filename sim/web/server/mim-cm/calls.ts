/** Requests of the person's own client to MIM CM, and what its answers are made of. */
import type { Exchange, Sender, ServerClient } from '../client.ts';

const BASE = '/CertificateManagement/api/v1.0';

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

  /** The card of this card id, if the server knows it as the person's; part of no flow. */
  async findCard(cardId: string): Promise<{ Uuid: string; Status: number } | null> {
    const path = `${BASE}/smartcards?cardid=${cardId}`;
    const card = await this.#server.read(path, { sender: 'person' });
    return card as { Uuid: string; Status: number } | null;
  }

  /** Switches the API on or off, as its administrator. */
  async setEnabled(enabled: boolean): Promise<void> {
    const path = '/_emulator/mim-cm';
    await this.#server.send({ method: 'PATCH', path, body: { enabled } });
  }
}

/** `api/v1.0/requests/GUID`: its last part. */
export function lastSegment(address: unknown): string {
  return String(address).split('/').at(-1)!;
}

export function bytesOf(base64: unknown): Uint8Array {
  return Uint8Array.from(atob(String(base64)), (character) => character.charCodeAt(0));
}
