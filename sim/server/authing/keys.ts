import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { Collection } from '../store/collection.ts';
import type { State } from '../store/state.ts';
import type { SigningKey } from './records.ts';

/**
 * The keys that sign tokens. Rotation: a key signs for 30 days by the server's clock, then the next
 * token gets a new one. The old one stays published for two hours, the longest that anything it has
 * signed is valid, and a quarter of an hour for verifiers whose clock is slow; then it is deleted.
 */
const SIGNS_FOR_MILLISECONDS = 30 * 86_400_000;
const PUBLISHED_AFTER_MILLISECONDS = (2 * 3_600 + 900) * 1000;
const ALGORITHM = 'RS256';

/** Every key that is not over yet; one at most signs. */
export const signingKeys = (state: State) => state.collection<SigningKey>('authingSigningKey');

export interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

export class KeyRing {
  readonly #keys: Collection<SigningKey>;
  readonly #state: State;
  readonly #imported = new WeakMap<JWK, Promise<CryptoKey>>();
  /** Of any number of requests that find no key, one makes it. */
  #making: Promise<SigningKey> | undefined;

  constructor(state: State) {
    this.#state = state;
    this.#keys = signingKeys(state);
  }

  /** The key that signs now, made if there is none or the last one is too old. */
  async signer(timeMilliseconds: number): Promise<Signer> {
    const current = this.#current();
    const isFresh =
      current !== undefined && timeMilliseconds < current.createdAt + SIGNS_FOR_MILLISECONDS;
    const signing = isFresh ? current : await this.rotate(timeMilliseconds);
    return { kid: signing.id, key: await this.#import(signing.privateJwk!) };
  }

  /** The public key of this id, or undefined. */
  async verifier(kid: string | undefined): Promise<CryptoKey | undefined> {
    const known = kid === undefined ? undefined : this.#keys.get(kid);
    return known && (await this.#import(known.publicJwk));
  }

  /** The key set that verifiers may fetch. */
  published(timeMilliseconds: number): JWK[] {
    return [...this.#keys.values()]
      .filter((key) => !isOver(key, timeMilliseconds))
      .map(({ publicJwk }) => publicJwk);
  }

  /** Makes a new signing key; those before it only verify from now on. */
  rotate(timeMilliseconds: number): Promise<SigningKey> {
    this.#making ??= this.#make(timeMilliseconds).finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(timeMilliseconds: number): Promise<SigningKey> {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const id = await calculateJwkThumbprint(publicJwk);
    const made: SigningKey = {
      id,
      publicJwk: { ...publicJwk, kid: id, alg: ALGORITHM, use: 'sig' },
      privateJwk: await exportJWK(pair.privateKey),
      createdAt: timeMilliseconds,
      retiredAt: null,
    };
    for (const key of [...this.#keys.values()]) {
      if (isOver(key, timeMilliseconds)) this.#keys.remove(key);
      else if (key.retiredAt === null) this.#keys.replace(key, retired(key, timeMilliseconds));
    }
    this.#keys.save(made);
    // It signs nothing before it is saved: what it signed could not be verified.
    await this.#state.durable();
    return made;
  }

  #current(): SigningKey | undefined {
    for (const key of this.#keys.values()) {
      if (key.retiredAt === null && key.privateJwk !== null) return key;
    }
    return undefined;
  }

  #import(jwk: JWK): Promise<CryptoKey> {
    const known = this.#imported.get(jwk);
    if (known) return known;
    const imported = importJWK(jwk, ALGORITHM) as Promise<CryptoKey>;
    this.#imported.set(jwk, imported);
    return imported;
  }
}

/** What cannot be signed with any more need not be kept either. */
function retired(key: SigningKey, timeMilliseconds: number): SigningKey {
  return { ...key, privateJwk: null, retiredAt: timeMilliseconds };
}

function isOver({ retiredAt }: SigningKey, timeMilliseconds: number): boolean {
  return retiredAt !== null && timeMilliseconds >= retiredAt + PUBLISHED_AFTER_MILLISECONDS;
}
