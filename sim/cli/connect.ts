/** From the options of a verb to a client that is ready to send. */
import { AuthingPhone } from './authing-phone.ts';
import type { CredentialOptions } from './credentials.ts';
import { credentialOf } from './credentials.ts';
import { EmulatorClient } from './emulator-client.ts';
import { parseEndpoint } from './endpoint.ts';
import { fault } from './errors.ts';
import { GraphClient } from './graph-client.ts';
import type { Io } from './io.ts';
import type { JsonClientOptions } from './json-client.ts';
import { CmClient } from './mimcm/client.ts';
import { readInputFile } from './secret-input.ts';
import { type Fetch, fetchTrusting } from './transport.ts';
import type { Session } from './verb.ts';

const DEFAULT_TIMEOUT_SECONDS = 30;
const LONGEST_TIMEOUT_SECONDS = 600;

export interface ConnectOptions extends CredentialOptions {
  readonly endpoint: string;
  readonly ca?: string | undefined;
  readonly timeout?: string | undefined;
}

export async function connectEmulator(
  options: ConnectOptions,
  session: Session,
): Promise<EmulatorClient> {
  return new EmulatorClient(await jsonClientOf(options, session));
}

/** The phone of a user who is logged in to the app: `--token` is that login. */
export async function connectPhone(
  options: ConnectOptions,
  session: Session,
): Promise<AuthingPhone> {
  return new AuthingPhone(await jsonClientOf(options, session));
}

async function jsonClientOf(
  options: ConnectOptions,
  { io, report }: Session,
): Promise<JsonClientOptions> {
  const endpoint = parseEndpoint(options.endpoint);
  const { origin } = new URL(endpoint.baseUrl);
  const timeoutMilliseconds = parseTimeout(options.timeout);
  const accessToken = await credentialOf(options, endpoint, io, report);
  return { origin, accessToken, fetch: fetchOf(options, io), timeoutMilliseconds };
}

export async function connect(
  options: ConnectOptions,
  { io, report }: Session,
): Promise<GraphClient> {
  const endpoint = parseEndpoint(options.endpoint);
  const timeoutMilliseconds = parseTimeout(options.timeout);
  const accessToken = await credentialOf(options, endpoint, io, report);
  return new GraphClient({
    endpoint,
    accessToken,
    fetch: fetchOf(options, io),
    timeoutMilliseconds,
  });
}

/** MIM CM at an address without a version: its own is always v1.0. */
export async function connectMimCm(
  options: ConnectOptions,
  { io, report }: Session,
): Promise<CmClient> {
  const endpoint = parseEndpoint(options.endpoint);
  const timeoutMilliseconds = parseTimeout(options.timeout);
  const accessToken = await credentialOf(options, endpoint, io, report);
  return new CmClient({
    baseUrl: endpoint.baseUrl,
    accessToken,
    fetch: fetchOf(options, io),
    timeoutMilliseconds,
  });
}

function fetchOf({ ca }: ConnectOptions, io: Io): Fetch {
  if (ca !== undefined) return fetchTrusting(readCertificate(ca));
  return (request, init) => io.fetch(request, init);
}

function readCertificate(path: string): string {
  const text = new TextDecoder().decode(readInputFile(path));
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw fault('USAGE', `${path} holds no certificate in PEM`, 'oathfob serve --https writes one');
}

function parseTimeout(text: string | undefined): number {
  const seconds = text === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(text);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return Math.ceil(seconds * 1000);
  throw fault('USAGE', `--timeout is a number of seconds up to ${LONGEST_TIMEOUT_SECONDS}`);
}
