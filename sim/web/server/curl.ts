/** Requests as a person would send them from a terminal. */
import { DEFAULT_PORT } from '../../server/default-port.ts';
import type { SentRequest } from './client.ts';

/** Names under which a body holds a seed; it is shown nowhere again. */
const SEED = 'secretKey';
export const HIDDEN = '••••••••';

/**
 * Where a terminal finds the server of this page. One that is the page's own service worker it does
 * not find: there it has to be the one that the command line starts.
 */
export function terminalAddress(): string {
  return navigator.serviceWorker?.controller ? `http://127.0.0.1:${DEFAULT_PORT}` : location.origin;
}

/** A body without its seed. */
export function shownBody(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !(SEED in body)) return body;
  return { ...body, [SEED]: body[SEED] === null ? null : HIDDEN };
}

/**
 * The request as a line of shell. The bearer token comes from the environment, and a record with its
 * seed from a file: neither belongs into a shell's history.
 */
export function curlOf({ method, path, body }: SentRequest, origin: string): string {
  const parts = [`curl -sS -X ${method} ${quoted(origin + path)}`];
  parts.push('-H "Authorization: Bearer $OATHFOB_TOKEN"');
  if (body !== undefined) {
    parts.push("-H 'Content-Type: application/json'");
    const holdsSeed = typeof body === 'object' && body !== null && SEED in body;
    parts.push(holdsSeed ? '--data @record.json' : `--data ${quoted(JSON.stringify(body))}`);
  }
  return parts.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
