/** Requests to the server of this page, each kept with its answer to be looked at. */
import type { World } from '../protocol.ts';
import { SESSION_PATH } from '../session-path.ts';
import { Store } from '../store.ts';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A request and what came of it. */
export interface Exchange {
  readonly id: number;
  readonly request: SentRequest;
  readonly status: number;
  readonly statusText: string;
  readonly body: unknown;
  /** The server's word: a 2xx status that says nothing of a refusal. */
  readonly isAccepted: boolean;
}

export interface ServerState {
  /** `unknown` until the first answer; `tokenNeeded`: it listens beyond this computer. */
  readonly link: 'unknown' | 'open' | 'tokenNeeded' | 'away';
  /** Newest first. */
  readonly exchanges: readonly Exchange[];
}

const MOST_EXCHANGES = 50;

/** Below the folder of the page, wherever somebody has put it; what is an address is one. */
const addressOf = (path: string) => new URL(path.replace(/^\//, ''), document.baseURI);

export class ServerClient {
  readonly store = new Store<ServerState>({ link: 'unknown', exchanges: [] });
  #accessToken = '';
  #lastId = 0;

  /** Asks for the bearer token of this page. */
  async open(): Promise<void> {
    const response = await fetch(addressOf(SESSION_PATH), { method: 'POST' }).catch(() => null);
    if (response?.ok) {
      this.#accessToken = (await response.json()).accessToken;
      this.store.set({ link: 'open' });
    } else {
      this.store.set({ link: response?.status === 403 ? 'tokenNeeded' : 'away' });
    }
  }

  /** Goes on with a bearer token that somebody pasted; false when the server does not know it. */
  async openWith(accessToken: string): Promise<boolean> {
    this.#accessToken = accessToken;
    const { ok } = await this.#fetch({ method: 'GET', path: '/_emulator/clock', body: undefined });
    this.store.set({ link: ok ? 'open' : 'tokenNeeded' });
    return ok;
  }

  get isOpen(): boolean {
    return this.store.state.link === 'open';
  }

  /** Sends a request that is part of a flow: it is listed. */
  async send(method: string, path: string, body?: unknown): Promise<Exchange> {
    const request = { method, path, body };
    const response = await this.#fetch(request);
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    const { ok, status, statusText } = response;
    const isAccepted = ok && answer?.accepted !== false;
    this.#lastId += 1;
    const exchange = { id: this.#lastId, request, status, statusText, body: answer, isAccepted };
    const exchanges = [exchange, ...this.store.state.exchanges].slice(0, MOST_EXCHANGES);
    this.store.set({ exchanges });
    return exchange;
  }

  /** What the page itself wants to know; not part of any flow. */
  async read(path: string): Promise<unknown> {
    if (!this.isOpen) return null;
    const response = await this.#fetch({ method: 'GET', path, body: undefined });
    return response.ok ? response.json() : null;
  }

  /** The server's time, or null without a server. */
  async readClock(): Promise<World | null> {
    const clock = (await this.read('/_emulator/clock')) as { mode: string; time: string } | null;
    if (!clock) return null;
    const seconds = Math.floor(Date.parse(clock.time) / 1000);
    if (clock.mode === 'fixed') return { isRunning: false, timeSeconds: seconds };
    return { isRunning: true, offsetSeconds: seconds - Math.floor(Date.now() / 1000) };
  }

  async setClock(world: World): Promise<void> {
    if (!this.isOpen) return;
    const put = (body: object) => this.#fetch({ method: 'PUT', path: '/_emulator/clock', body });
    if (!world.isRunning) {
      await put({ mode: 'fixed', time: world.timeSeconds });
      return;
    }
    await put({ mode: 'real' });
    if (world.offsetSeconds === 0) return;
    const body = { seconds: world.offsetSeconds };
    await this.#fetch({ method: 'POST', path: '/_emulator/clock/advance', body });
  }

  /** A server that was started anew has another token for this page: it is asked for once. */
  async #fetch(request: SentRequest): Promise<Response> {
    const response = await this.#try(request);
    if (response.status !== 401 || !this.isOpen) return response;
    await this.open();
    return this.isOpen ? this.#try(request) : response;
  }

  /** A server that cannot be reached answers with the status 0. */
  async #try({ method, path, body }: SentRequest): Promise<Response> {
    const headers = {
      Authorization: `Bearer ${this.#accessToken}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await fetch(addressOf(path), { method, headers, ...content });
    } catch {
      this.store.set({ link: 'away' });
      return Response.error();
    }
  }
}
