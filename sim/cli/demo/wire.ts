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
    const text = await response.text();
    const answer = changeAnswer?.(text) ?? text;
    const { status } = response;
    this.last = { method: options.method ?? 'GET', path, status, answer };
    return new Response(status === 204 ? null : answer, { status, headers: response.headers });
  };
}
