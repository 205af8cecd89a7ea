/** Requests as a person would send them from a terminal. */
import type { SentRequest } from './client.ts';

/** Names under which a body holds a seed; it is shown nowhere again. */
const SEED = 'secretKey';
export const HIDDEN = '••••••••';

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
