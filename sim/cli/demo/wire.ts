/** The tour's connections, which remember what went over them, for the line of each step. */
import type { Fetch } from '../transport.ts';

export interface Passage {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The body of the answer as it came. */
  readonly answer: string;
}

/** Changes a request or an answer on the way; how the tour is broken on purpose. */
export interface Tampering {
  request?(body: Record<string, unknown>, path: string): Promise<Record<string, unknown>>;
  headers?(headers: Headers): void;
  answer?(text: string): string;
}

export class Wire {
  readonly #fetch: Fetch;
  tampering: Tampering = {};
  last: Passage = { method: '', path: '', status: 0, answer: '' };

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  readonly fetch: Fetch = async (url, options = {}) => {
    const { request, headers: changeHeaders, answer: changeAnswer } = this.tampering;
    const { pathname: path } = new URL(url);
    const headers = new Headers(options.headers);
    changeHeaders?.(headers);
    let { body } = options;
    if (request && typeof body === 'string') {
      body = JSON.stringify(await request(JSON.parse(body), path));
    }
    const sent = { ...options, headers, ...(body == null ? {} : { body }) };
    const response = await this.#fetch(url, sent);
    const bytes = await response.arrayBuffer();
    const text = new TextDecoder().decode(bytes);
    const answer = changeAnswer?.(text) ?? text;
    const { status } = response;
    this.last = { method: options.method ?? 'GET', path, status, answer };
    // A picture is no text: one that nobody has changed is passed on as it came.
    const content = changeAnswer ? answer : bytes;
    return new Response(status === 204 ? null : content, { status, headers: response.headers });
  };

  /** What pages do, with no client of a vendor between: JSON there, JSON back. */
  async json<Answer>(
    url: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const content = body && { method: 'POST', body: JSON.stringify(body) };
    const typed = { ...headers, ...(body && { 'content-type': 'application/json' }) };
    const response = await this.fetch(url, { ...content, headers: typed });
    return (await response.json()) as Answer;
  }
}
