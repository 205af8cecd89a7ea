import { decodeJwt, errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { serverAddress } from '../address.ts';
import { tokenDigest } from '../tokens.ts';
import type { Asked, SlowCall } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { Signer } from './keys.ts';
import { expirySecondsOf } from './machine.ts';
import {
  type AccessKey,
  type Account,
  type Application,
  type Issued,
  TOKEN_LIFETIME_SECONDS,
} from './records.ts';
import type { Authing } from './state.ts';

const SCOPE = 'openid profile';
/** Longer texts are no token of ours. */
const MAX_TOKEN_CHARACTERS = 4_096;

/** `LoginTokenResponseDataDto`. It is `expire_in` here, and `expires_in` everywhere else. */
export interface TokenSet {
  readonly scope: string;
  readonly access_token: string;
  readonly id_token: string;
  readonly token_type: 'bearer';
  readonly expire_in: number;
}

export interface Subject {
  readonly application: Application;
  readonly account: Account;
  readonly grant: Issued;
}

/**
 * The tokens of one confirmation, valid from when they were first given out. Every claim is in the
 * records, so that polls that are answered with tokens are answered with the same ones as long as key
 * and account are the same.
 */
export async function tokenSetOf(
  call: Asked,
  signer: Signer,
  { application, account, grant }: Subject,
): Promise<TokenSet> {
  const expiresAt = expirySecondsOf(grant);
  const times = { iat: expiresAt - TOKEN_LIFETIME_SECONDS, exp: expiresAt };
  const common = {
    sub: account.id,
    aud: application.id,
    iss: `${serverAddress(call)}/oidc`,
    ...times,
  };
  const accessToken = { jti: grant.id, ...common, scope: SCOPE };
  const idToken = { ...common, ...profileClaims(account) };
  return {
    scope: SCOPE,
    access_token: await signed(accessToken, signer),
    id_token: await signedFor(application, idToken, signer),
    token_type: 'bearer',
    expire_in: expiresAt - Math.floor(call.timeMilliseconds / 1000),
  };
}

function profileClaims({ name, nickname, photo, updatedAt }: Account) {
  return {
    nonce: null,
    name,
    nickname,
    picture: photo,
    updated_at: new Date(updatedAt).toISOString(),
  };
}

/** The token of a management client, which acts for its user pool. */
export function managementToken(
  { id, userPoolId }: AccessKey,
  timeMilliseconds: number,
  signer: Signer,
): Promise<string> {
  const iat = Math.floor(timeMilliseconds / 1000);
  const exp = iat + TOKEN_LIFETIME_SECONDS;
  return signed({ sub: id, scoped_userpool_id: userPoolId, iat, exp }, signer);
}

function signed(claims: object, { kid, key }: Signer): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key);
}

/** HS256 is what the vendor's samples show for ID tokens: by the text of the application's secret. */
function signedFor(application: Application, claims: object, signer: Signer): Promise<string> {
  if (application.idTokenAlgorithm === 'RS256') return signed(claims, signer);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(secretBytes(application));
}

function secretBytes({ secret }: Application): Uint8Array {
  return new TextEncoder().encode(secret);
}

/** What signs tokens now; it is saved before it does. */
export function signerOf({ decide, timeMilliseconds }: SlowCall): Promise<Signer> {
  return decide(({ authing }) => authing.keys).signer(timeMilliseconds);
}

/**
 * The person who is logged in: by an ID or access token of this server, or by a bearer token of the
 * directory's user, with or without the word `Bearer`.
 * @throws AuthingRefusal notLoggedIn, which does not say what was wrong
 */
export async function accountOfCaller(call: SlowCall): Promise<Account> {
  const header = call.headers.get('authorization') ?? '';
  const account = await accountOfToken(call, header.replace(/^bearer +/i, '').trim());
  if (!account) throw new AuthingRefusal('notLoggedIn');
  call.caller = account.username;
  return account;
}

/** The person a token belongs to, or undefined. */
export async function accountOfToken(call: SlowCall, text: string): Promise<Account | undefined> {
  if (text === '' || text.length > MAX_TOKEN_CHARACTERS) return undefined;
  if (text.split('.').length === 3) return accountOfJwt(call, text);
  return call.decide(({ state, authing, timeMilliseconds }) => {
    const isOpaque = /^[\w~+/=-]{1,512}$/.test(text);
    const token = isOpaque ? state.accessToken(tokenDigest(text)) : undefined;
    const user = token?.userId ? state.user(token.userId) : undefined;
    return user && authing.accountOf(user, timeMilliseconds);
  });
}

async function accountOfJwt(call: SlowCall, text: string): Promise<Account | undefined> {
  try {
    const { payload } = await jwtVerify(text, (header) => keyOf(call, header, text), {
      algorithms: ['RS256', 'HS256'],
      currentDate: new Date(call.timeMilliseconds),
      requiredClaims: ['exp'],
    });
    return call.decide(({ authing }) => {
      const application = applicationNamed(authing, payload.aud);
      const account = authing.accounts.get(payload.sub ?? '');
      return account?.userPoolId === application?.userPoolId ? account : undefined;
    });
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * An HS256 token is held against its application's secret only, never against a public key, and only
 * where this server signs so itself: elsewhere a secret is for the exchange, and must not make users.
 */
async function keyOf({ decide }: SlowCall, { alg, kid }: JWTHeaderParameters, text: string) {
  if (alg === 'HS256') {
    const { aud } = decodeJwt(text);
    const application = decide(({ authing }) => applicationNamed(authing, aud));
    if (application?.idTokenAlgorithm === 'HS256') return secretBytes(application);
  } else {
    const key = await decide(({ authing }) => authing.keys).verifier(kid);
    if (key) return key;
  }
  throw new errors.JWKSNoMatchingKey();
}

function applicationNamed(authing: Authing, audience: unknown): Application | undefined {
  return typeof audience === 'string' ? authing.applications.get(audience) : undefined;
}
