/**
 * Everything that the page says to its server, and hears of it, goes through here: requests, each
 * kept with its answer to be looked at, and the stream of what others ask for.
 */
import type { World } from '../protocol.ts';
import { randomId } from '../random-id.ts';
import { Store } from '../store.ts';
import { EventLine } from './event-line.ts';

/** Whose bearer token goes with a request; a login page and a shared device have none. */
export type Sender = 'administrator' | 'person' | 'otherPerson' | 'anybody';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** The administrator if absent. */
  readonly sender?: Sender;
  /** Headers beyond those of bearer token and content. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request and what came of it. */
export interface Exchange {
  readonly id: string;
  readonly request: SentRequest;
  readonly status: number;
  readonly statusText: string;
  readonly body: unknown;
  /** The server's word: a 2xx status that says nothing of a refusal. */
  readonly isAccepted: boolean;
  /** Who sent it, when it was somebody else: its answer is not known then, and secrets are not in it. */
  readonly stranger: string | null;
}

/** What the server's log says of a request (sim/server/store/log.ts). */
export interface LoggedRequest {
  readonly sequence: number;
  readonly method: string;
  readonly path: string;
  readonly caller: string | null;
  readonly status: number;
  readonly clientRequestId: string;
  readonly refusal: string | null;
  readonly body: unknown;
}

export interface ServerState {
  /** `unknown` until the first answer; `tokenNeeded`: it listens beyond this computer. */
  readonly link: 'unknown' | 'open' | 'tokenNeeded' | 'away';
  /** Newest first. */
  readonly exchanges: readonly Exchange[];
}

const MOST_EXCHANGES = 50;
/** How the requests of a page are marked: a look is part of no flow, and no news to another page. */
const LOOK = 'look.';

/** Below the folder of the page, wherever somebody has put it; what is an address is one. */
const addressOf = (path: string) => new URL(path.replace(/^\//, ''), document.baseURI);

export class ServerClient {
  readonly store = new Store<ServerState>({ link: 'unknown', exchanges: [] });
  readonly #tokens = new Map<Sender, string>();
  readonly #tab = randomId();
  readonly #onChange = new Set<(path: string) => void>();
  readonly #onReturn = new Set<() => void>();
  readonly #line = new EventLine({
    connect: (signal) => this.#connect(signal),
    isAway: () => this.store.state.link === 'away',
    readLog: (query) => this.#readLog(query),
    heard: (logged, isLate) => this.#heard(logged, isLate),
    isUp: () => this.#isUp(),
  });
  #lastId = 0;
  #isListening = false;
  /** Whether changes may have been missed: the server was away, or the line to it was down. */
  #hasMissed = false;

  /** Asks for the bearer token of this page. */
  async open(): Promise<void> {
    const response = await fetch(addressOf('/web/session'), { method: 'POST' }).catch(() => null);
    this.#tokens.clear();
    if (response?.ok) {
      this.#tokens.set('administrator', (await response.json()).accessToken);
      this.store.set({ link: 'open' });
    } else {
      this.store.set({ link: response?.status === 403 ? 'tokenNeeded' : 'away' });
    }
  }

  /** Goes on with a bearer token that somebody pasted; false when the server does not know it. */
  async openWith(accessToken: string): Promise<boolean> {
    this.#tokens.clear();
    this.#tokens.set('administrator', accessToken);
    const { ok } = await this.#fetch({ method: 'GET', path: '/_emulator/clock' }, LOOK);
    this.store.set({ link: ok ? 'open' : 'tokenNeeded' });
    return ok;
  }

  get isOpen(): boolean {
    return this.store.state.link === 'open';
  }

  hasToken(sender: Sender): boolean {
    return this.#tokens.has(sender);
  }

  /** Requests of this sender go with this bearer token from now on. */
  useToken(sender: Sender, accessToken: string): void {
    this.#tokens.set(sender, accessToken);
  }

  forgetToken(sender: Sender): void {
    this.#tokens.delete(sender);
  }

  /** Sends a request that is part of a flow: it is listed. */
  async send(request: SentRequest): Promise<Exchange> {
    const response = await this.#fetch(request, '');
    const text = await response.text();
    const body = parsed(text);
    const { ok, status, statusText } = response;
    const isAccepted = ok && !isRefusal(body);
    this.#lastId += 1;
    const id = String(this.#lastId);
    return this.#list({ id, request, status, statusText, body, isAccepted, stranger: null });
  }

  /**
   * What the page itself wants to know; not part of any flow.
   * @returns null for a refusal, undefined when nobody was there to answer
   */
  async read(path: string, as: Pick<SentRequest, 'headers' | 'sender'> = {}): Promise<unknown> {
    const response = await this.#look({ method: 'GET', path, ...as });
    if (!response || response.status === 0) return undefined;
    if (!response.ok || response.status === 204) return null;
    const body = await response.json();
    return isRefusal(body) ? null : body;
  }

  /** A picture of the server's as a data address, or null. */
  async readPicture(url: string): Promise<string | null> {
    const response = await this.#look({ method: 'GET', path: url });
    if (!response?.ok) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return `data:${response.headers.get('content-type')};base64,${btoa(String.fromCharCode(...bytes))}`;
  }

  /** The server's time, or null without a server. */
  async readClock(): Promise<World | null> {
    const clock = (await this.read('/_emulator/clock')) as { mode: string; time: string } | null;
    if (!clock) return null;
    const seconds = Math.floor(Date.parse(clock.time) / 1000);
    if (clock.mode === 'fixed') return { isRunning: false, timeSeconds: seconds };
    return { isRunning: true, offsetSeconds: seconds - Math.floor(Date.now() / 1000) };
  }

  /** @returns whether the server has that time now */
  async setClock(world: World): Promise<boolean> {
    const tell = async (method: string, path: string, body: object) =>
      (await this.#look({ method, path, body }))?.ok === true;
    const clock = '/_emulator/clock';
    if (!world.isRunning) return tell('PUT', clock, { mode: 'fixed', time: world.timeSeconds });
    if (!(await tell('PUT', clock, { mode: 'real' }))) return false;
    const seconds = world.offsetSeconds;
    return seconds === 0 || tell('POST', `${clock}/advance`, { seconds });
  }

  /** @param listener  told by which request somebody else may have changed something */
  onChange(listener: (path: string) => void): void {
    this.#onChange.add(listener);
  }

  /** @param listener  told when the server can be heard again: nobody knows what has changed meanwhile */
  onReturn(listener: () => void): void {
    this.#onReturn.add(listener);
  }

  /** Lists what others do, as long as the page is open. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    // A page that was opened behind another one listens when it is shown.
    this.#hasMissed = !this.isOpen || document.hidden;
    this.#line.listen();
  }

  /** A page without a bearer token asks for that first, and for nothing else. */
  async #connect(signal: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    if (this.store.state.link === 'tokenNeeded') return null;
    if (!this.hasToken('administrator')) await this.open();
    if (!this.hasToken('administrator')) return null;
    const request = { method: 'GET', path: '/_emulator/events' };
    const response = await this.#send(request, LOOK, signal);
    if (response?.status === 401) await this.open();
    return response?.ok ? response.body : null;
  }

  #isUp(): void {
    this.store.set({ link: 'open' });
    if (this.#hasMissed) for (const listener of this.#onReturn) listener();
    this.#hasMissed = true;
  }

  async #readLog(query: string): Promise<readonly LoggedRequest[]> {
    const log = (await this.read(`/_emulator/log?${query}`)) as { value: LoggedRequest[] } | null;
    return log?.value ?? [];
  }

  #heard(logged: LoggedRequest, isLate: boolean): void {
    const { clientRequestId, caller, method, path, body, status, refusal } = logged;
    if (clientRequestId.endsWith(this.#tab)) return;
    const isLook = clientRequestId.startsWith(LOOK);
    if (!isLook) {
      this.#list({
        id: `log-${logged.sequence}`,
        request: { method, path, body: body ?? undefined },
        status,
        statusText: '',
        body: undefined,
        isAccepted: refusal === null && status < 400,
        stranger: caller ?? '',
      });
    }
    if (method !== 'GET' && !isLate) for (const listener of this.#onChange) listener(path);
  }

  #list(exchange: Exchange): Exchange {
    const exchanges = [exchange, ...this.store.state.exchanges].slice(0, MOST_EXCHANGES);
    this.store.set({ exchanges });
    return exchange;
  }

  async #look(request: SentRequest): Promise<Response | null> {
    return this.isOpen ? this.#fetch(request, LOOK) : null;
  }

  /** A server that was started anew has another token for this page: it is asked for once. */
  async #fetch(request: SentRequest, mark: string): Promise<Response> {
    const response = await this.#try(request, mark);
    const isOurs = (request.sender ?? 'administrator') === 'administrator';
    if (response.status !== 401 || !this.isOpen || !isOurs) return response;
    await this.open();
    return this.isOpen ? this.#try(request, mark) : response;
  }

  /**
   * A server that cannot be reached answers with the status 0. The line to it may outlive that, and
   * would never tell that it is back: with a new one, somebody asks.
   */
  async #try(request: SentRequest, mark: string): Promise<Response> {
    const response = await this.#send(request, mark);
    if (response) return response;
    this.store.set({ link: 'away' });
    this.#line.drop();
    return Response.error();
  }

  #send(request: SentRequest, mark: string, signal: AbortSignal | null = null) {
    const { method, path, body, sender, headers } = request;
    const token = this.#tokens.get(sender ?? 'administrator');
    const sent = {
      'client-request-id': `${mark}${this.#tab}`,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(addressOf(path), { method, headers: sent, signal, ...content }).catch(() => null);
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Two dialects say with the status 200 that something was refused. */
function isRefusal(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { accepted, statusCode = 200 } = body as { accepted?: boolean; statusCode?: number };
  return accepted === false || statusCode !== 200;
}
