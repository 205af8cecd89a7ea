/** Arguments that several verbs share. */

export const FILE = {
  type: 'positional',
  required: true,
  description: 'the token image; its device key lies beside it in FILE.board',
} as const;

export const AT = {
  type: 'string',
  valueHint: 'time',
  description: "the time on the token's clock, ISO 8601 with zone or seconds since 1970",
} as const;

export const ACCOUNT = {
  type: 'string',
  valueHint: 'name',
  description: 'which account; the first one if not given',
} as const;

export const PIN = {
  type: 'string',
  valueHint: '-|@file',
  description: 'the PIN, entered with the keys where the token asks for it',
} as const;

/** What a record is encrypted with; only pskc can be. */
export const RECORD_LOCK = {
  passphrase: {
    type: 'string',
    valueHint: '-|@file',
    description: 'encrypts a pskc record with a key made from it',
  },
  key: {
    type: 'string',
    valueHint: '-|@file',
    description: 'encrypts a pskc record: 16 or 32 bytes in hexadecimal',
  },
} as const;

/** What opens a record that is encrypted. */
export const RECORD_UNLOCK = {
  passphrase: {
    type: 'string',
    valueHint: '-|@file',
    description: 'the passphrase of an encrypted PSKC file',
  },
  key: {
    type: 'string',
    valueHint: '-|@file',
    description: 'the pre-shared key of an encrypted PSKC file, in hexadecimal',
  },
} as const;

const WAYS_IN: string[] = ['token', 'device-code', 'client-secret', 'environment'];

/** Where a Graph-shaped server is, and how to get into it. */
export const SERVER = {
  endpoint: {
    type: 'string',
    required: true,
    valueHint: 'url',
    description: 'e.g. http://127.0.0.1:6284/beta or https://graph.microsoft.com/beta',
  },
  auth: {
    type: 'enum',
    options: WAYS_IN,
    description: 'token if --token is given; else one of these must be',
  },
  token: {
    type: 'string',
    valueHint: '-|@file',
    description: 'a bearer token, from standard input or a file',
  },
  tenant: { type: 'string', valueHint: 'id', description: 'the Entra tenant' },
  client: { type: 'string', valueHint: 'id', description: 'the Entra application' },
  'client-secret': {
    type: 'string',
    valueHint: '-|@file',
    description: 'its secret; AZURE_CLIENT_SECRET if not given',
  },
  ca: {
    type: 'string',
    valueHint: 'file',
    description: "a certificate (PEM) to trust, such as the emulator's",
  },
  timeout: {
    type: 'string',
    valueHint: 'seconds',
    description: 'how long to wait for an answer (default 30)',
  },
} as const;
