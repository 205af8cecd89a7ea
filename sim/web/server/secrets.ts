/** What of a body is shown nowhere: seeds, PINs, bearer tokens and keys, by the names they go by. */

export const HIDDEN = '••••••••';

/** A record's seed; the record goes by a file. */
const SEED = 'secretKey';
const SECRETS = new Set([
  SEED,
  'pin',
  'newPin',
  'qrCode',
  'rawContent',
  'binaryValue',
  'accessToken',
  'access_token',
  'id_token',
  'DefaultAdminKeyHex',
]);
/** The digits of a PIN in an answer; a code of a token, which is good for a moment, is shown. */
const PIN_OBJECT = 'pin';
/** Answers of MIM CM that are a key or a PIN and nothing else. */
const SECRET_ANSWER = /\/(?:diversifiedkey|authenticationresponse|serverproposedpin)(?:\?|$)/;

export function isRecord(body: unknown): boolean {
  return typeof body === 'object' && body !== null && SEED in body;
}

/** A body with something else in the place of each secret that is there. */
export function withSecretsAs(body: unknown, instead: (name: string) => string): unknown {
  if (Array.isArray(body)) return body.map((each) => withSecretsAs(each, instead));
  if (typeof body !== 'object' || body === null) return body;
  const shown = ([name, value]: [string, unknown]): [string, unknown] => {
    if (SECRETS.has(name) && typeof value === 'string') return [name, instead(name)];
    if (name === PIN_OBJECT && typeof value === 'object' && value !== null && 'code' in value) {
      return [name, { ...value, code: value.code ? instead(name) : value.code }];
    }
    return [name, withSecretsAs(value, instead)];
  };
  return Object.fromEntries(Object.entries(body).map(shown));
}

/** @param path  of the request that it answers, or that it goes with */
export function shownBody(body: unknown, path = ''): unknown {
  if (typeof body === 'string' && SECRET_ANSWER.test(path)) return HIDDEN;
  return withSecretsAs(body, () => HIDDEN);
}
