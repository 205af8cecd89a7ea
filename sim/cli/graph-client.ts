/**
 * What a token's life asks of Microsoft Graph, through the official client. Against the emulator
 * and against the real service it is the same: what differs is the endpoint and the credential.
 */
import {
  AuthenticationHandler,
  Client,
  GraphError,
  type GraphRequest,
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import type { GraphDevice } from '../../host/provision/graph-json.ts';
import type { AccessTokenSource } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { asCliError, type CliError, fault } from './errors.ts';
import { BearerHandler, type Fetch, type LastFailure, SendingHandler } from './transport.ts';

const DEVICES = '/directory/authenticationMethodDevices/hardwareOathDevices';

const POLICIES = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';

/** A device as the inventory returns it; it never has a secret. */
export interface InventoryDevice {
  readonly id: string;
  readonly serialNumber: string;
  readonly status: string;
  readonly secretKey: null;
  readonly assignedTo: { readonly id: string; readonly displayName: string } | null;
}

/** A user's QR code and PIN; picture and PIN are there in the answer to its making only. */
export interface QrCodePinMethod {
  readonly standardQRCode: { readonly image: { readonly binaryValue: string } | null };
  readonly pin: { readonly code: string | null; readonly forceChangePinNextSignIn: boolean };
}

/** One of a user's hardware tokens. */
export interface HardwareOathMethod {
  readonly id: string;
  readonly device: InventoryDevice | null;
}

export interface GraphClientOptions {
  readonly endpoint: Endpoint;
  readonly accessToken: AccessTokenSource;
  readonly fetch: Fetch;
  readonly timeoutMilliseconds: number;
}

/** Every method throws a CliError: refused (1), unknown to the server (6), timed out (42). */
export class GraphClient {
  readonly #client: Client;
  readonly #failure: LastFailure = { error: null };

  constructor({ endpoint, accessToken, fetch, timeoutMilliseconds }: GraphClientOptions) {
    const source = this.#remembering(accessToken);
    const middleware: Middleware[] = [
      endpoint.isEncrypted
        ? new AuthenticationHandler({ getAccessToken: source })
        : new BearerHandler(source),
      // Only a gateway's hiccups are waited for. After a 429 the code in the body is an old one.
      new RetryHandler(new RetryHandlerOptions(1, 2, isHiccup)),
      new TelemetryHandler(),
      new SendingHandler(fetch, timeoutMilliseconds, this.#failure),
    ];
    for (const [index, handler] of middleware.entries()) handler.setNext?.(middleware[index + 1]!);
    this.#client = Client.initWithMiddleware({
      baseUrl: endpoint.baseUrl,
      defaultVersion: endpoint.version,
      customHosts: new Set([endpoint.hostName]),
      middleware: middleware[0]!,
    });
  }

  createDevice(device: GraphDevice): Promise<InventoryDevice> {
    return this.#call(DEVICES, (request) => request.post(device));
  }

  getDevice(id: string): Promise<InventoryDevice> {
    return this.#call(`${DEVICES}/${encodeURIComponent(id)}`, (request) => request.get());
  }

  /** Lets users sign in with a method, or not; in a new tenant all of them are off. */
  async switchMethod(
    name: 'hardwareOath' | 'qrCodePin',
    state: 'enabled' | 'disabled',
  ): Promise<void> {
    await this.#call(`${POLICIES}/${name}`, (request) => request.patch({ state }));
  }

  /** A QR code and a temporary PIN, which the service makes. */
  createQrCodePin(user: string): Promise<QrCodePinMethod> {
    return this.#call(qrCodePinPath(user), (request) => request.put({ standardQRCode: {} }));
  }

  getQrCodePin(user: string): Promise<QrCodePinMethod> {
    return this.#call(qrCodePinPath(user), (request) => request.get());
  }

  async deleteQrCodePin(user: string): Promise<void> {
    await this.#call(qrCodePinPath(user), (request) => request.delete());
  }

  /** Assigns the token to the user and activates it with a code off its display. */
  async activateBySerialNumber(user: string, serialNumber: string, code: string): Promise<void> {
    const path = `${methodsPath(user)}/assignAndActivateBySerialNumber`;
    await this.#call(path, (request) => request.post({ serialNumber, verificationCode: code }));
  }

  async listMethods(user: string): Promise<HardwareOathMethod[]> {
    const page = await this.#call<{ value: HardwareOathMethod[] }>(methodsPath(user), (request) =>
      request.get(),
    );
    return page.value;
  }

  /** Takes the token from the user; it stays in the inventory. */
  async unassign(user: string, methodId: string): Promise<void> {
    const path = `${methodsPath(user)}/${encodeURIComponent(methodId)}`;
    await this.#call(path, (request) => request.delete());
  }

  async #call<Body>(path: string, send: (request: GraphRequest) => Promise<Body>): Promise<Body> {
    this.#failure.error = null;
    try {
      return await send(this.#client.api(path));
    } catch (error) {
      throw this.#failure.error ?? serverFault(error);
    }
  }

  #remembering(accessToken: AccessTokenSource): AccessTokenSource {
    return async () => {
      try {
        return await accessToken();
      } catch (error) {
        this.#failure.error = asCliError(error);
        throw error;
      }
    };
  }
}

function isHiccup(_: number, __: number, ___: unknown, ____: unknown, response: Response): boolean {
  return response.status === 503 || response.status === 504;
}

/** `me`, or an object id or principal name. */
export function methodsPath(user: string): string {
  return `${authenticationPath(user)}/hardwareOathMethods`;
}

function qrCodePinPath(user: string): string {
  return `${authenticationPath(user)}/qrCodePinMethod`;
}

function authenticationPath(user: string): string {
  const root = user.toLowerCase() === 'me' ? '/me' : `/users/${encodeURIComponent(user)}`;
  return `${root}/authentication`;
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'is the bearer token the one that this server gave out last?',
  403: 'the caller needs more permissions or another directory role: see docs/cli.md',
  404: 'was the record uploaded? oathfob token upload; the real service may need a minute after it',
  409: 'the serial number is in the inventory already',
};

function serverFault(error: unknown): CliError {
  if (!(error instanceof GraphError)) return asCliError(error);
  const { statusCode, code, message, headers } = error;
  if (statusCode < 400) {
    return fault(
      'SERVER_REFUSED',
      `the server's answer cannot be read: ${message}`,
      'check --endpoint',
    );
  }
  const said = `${[statusCode, code].filter(Boolean).join(' ')}${message ? `: ${message}` : ''}`;
  const pause = (headers as Headers | undefined)?.get('Retry-After');
  const hint = pause ? `try again in ${pause} s, with a new code` : (HINTS[statusCode] ?? null);
  return fault(
    statusCode === 404 ? 'SERVER_KNOWS_NOTHING' : 'SERVER_REFUSED',
    `the server answered ${said}`,
    hint,
  );
}
