/** Requests as a person would send them from a terminal. */
import type { Sender, SentRequest } from './client.ts';
import { isRecord, withSecretsAs } from './secrets.ts';

const TOKEN_OF_SENDER: Readonly<Record<Sender, string | null>> = {
  administrator: '$OATHFOB_TOKEN',
  person: '$PERSON_TOKEN',
  otherPerson: '$OTHER_TOKEN',
  anybody: null,
};

/** Around the name of a variable, in a text that will be quoted: characters of private use. */
const [BEGIN, END] = ['\ue000', '\ue001'];

/**
 * The request as a line of shell. Bearer tokens, PINs and the like come from the environment, and a
 * record with its seed from a file: none of them belongs into a shell's history.
 */
export function curlOf(request: SentRequest, origin: string): string {
  const { method, path, body, sender = 'administrator', headers = {} } = request;
  const parts = [`curl -sS -X ${method} ${quoted(origin + path)}`];
  const token = TOKEN_OF_SENDER[sender];
  if (token !== null) parts.push(`-H "Authorization: Bearer ${token}"`);
  for (const [name, value] of Object.entries(headers)) {
    parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== undefined) {
    parts.push("-H 'Content-Type: application/json'");
    parts.push(isRecord(body) ? '--data @record.json' : `--data ${quoted(dataOf(body))}`);
  }
  return parts.join(' \\\n  ');
}

function dataOf(body: unknown): string {
  return JSON.stringify(withSecretsAs(body, (name) => BEGIN + variableOf(name) + END));
}

/** `newPin` is `$NEW_PIN`. */
function variableOf(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function quoted(text: string): string {
  const closed = text.replaceAll("'", "'\\''");
  return `'${closed.replaceAll(BEGIN, `'"$`).replaceAll(END, `"'`)}'`;
}
