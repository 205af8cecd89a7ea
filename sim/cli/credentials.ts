/**
 * Ways to a bearer token. The emulator takes one that it made itself; for the real service
 * @azure/identity gets one, by signing a person in or as an application.
 */
import type { TokenCredential } from '@azure/identity';
import type { Endpoint } from './endpoint.ts';
import { fault } from './errors.ts';
import type { Io } from './io.ts';
import type { Report } from './output.ts';
import { readSecret } from './secret-input.ts';

/** Gives a token that is valid now. */
export type AccessTokenSource = () => Promise<string>;

export interface CredentialOptions {
  readonly auth?: string | undefined;
  readonly token?: string | undefined;
  readonly tenant?: string | undefined;
  readonly client?: string | undefined;
  readonly 'client-secret'?: string | undefined;
}

/** @throws CliError USAGE when the options do not make a credential, or not for this endpoint */
export async function credentialOf(
  options: CredentialOptions,
  endpoint: Endpoint,
  io: Io,
  report: Report,
): Promise<AccessTokenSource> {
  const auth = options.auth ?? (options.token === undefined ? undefined : 'token');
  if (auth === undefined) {
    throw fault('USAGE', 'the server wants a credential', '--token @FILE, or --auth device-code');
  }
  if (auth === 'token') {
    const token = await readSecret(io, demand(options, 'token', auth), 'token');
    if (!/^[\x21-\x7e]+$/.test(token)) throw fault('USAGE', '--token: its source is not one token');
    return async () => token;
  }
  if (!endpoint.isEncrypted) {
    throw fault('USAGE', `--auth ${auth} needs an https endpoint`, 'the emulator takes --token');
  }
  return source(await azureCredential(auth, options, io, report), endpoint);
}

function demand(
  options: CredentialOptions,
  name: 'token' | 'tenant' | 'client',
  auth: string,
): string {
  const value = options[name];
  if (value === undefined) throw fault('USAGE', `--auth ${auth} needs --${name}`);
  return value;
}

async function azureCredential(
  auth: string,
  options: CredentialOptions,
  io: Io,
  report: Report,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  // A sign-in service of one's own cannot be looked up in the vendor's directory of them.
  const disableInstanceDiscovery = io.environment.AZURE_AUTHORITY_HOST !== undefined;
  if (auth === 'environment')
    return new identity.EnvironmentCredential({ disableInstanceDiscovery });
  const tenantId = demand(options, 'tenant', auth);
  const clientId = demand(options, 'client', auth);
  if (auth === 'device-code') {
    return new identity.DeviceCodeCredential({
      tenantId,
      clientId,
      disableInstanceDiscovery,
      userPromptCallback: ({ message }) => report.note(message),
    });
  }
  const given = options['client-secret'];
  const secret =
    given === undefined
      ? io.environment.AZURE_CLIENT_SECRET
      : await readSecret(io, given, 'client-secret');
  if (!secret) {
    throw fault(
      'USAGE',
      'the client secret is missing',
      '--client-secret @FILE, or AZURE_CLIENT_SECRET',
    );
  }
  return new identity.ClientSecretCredential(tenantId, clientId, secret, {
    disableInstanceDiscovery,
  });
}

/** The scope that stands for everything the application was granted on this host. */
function source(credential: TokenCredential, { hostName }: Endpoint): AccessTokenSource {
  const scope = `https://${hostName}/.default`;
  return async () => {
    try {
      const token = await credential.getToken(scope);
      if (token) return token.token;
    } catch (error) {
      throw fault(
        'CREDENTIAL_REFUSED',
        `no token: ${firstLine(error)}`,
        'check tenant, client and secret',
      );
    }
    throw fault('CREDENTIAL_REFUSED', 'no token was given', 'check tenant, client and secret');
  };
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : 'the sign-in failed';
}
