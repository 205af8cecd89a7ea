import type { User } from '../store/records.ts';
import type { State } from '../store/state.ts';
import { Collection } from './collection.ts';
import { KeyRing } from './keys.ts';
import { alphanumeric, hexadecimal } from './random.ts';
import {
  type Account,
  type Application,
  type AuthingRow,
  DEFAULT_STRATEGY,
  type QrCode,
  type UserPool,
} from './records.ts';

/** QR codes kept at a time: asking for one needs no credential. */
const MAX_QR_CODES = 10_000;
/** How long a QR code is known after it was made, so that late questions get a true answer. */
const QR_CODE_KEPT_MILLISECONDS = 86_400_000;

/**
 * Everything the Authing dialect knows. It shares the server's transactions: a group of changes
 * that the database refuses is taken back here too.
 */
export class Authing {
  readonly userPools: Collection<'userPool'>;
  readonly applications: Collection<'application'>;
  readonly accessKeys: Collection<'accessKey'>;
  /** Found by the directory's user too. */
  readonly accounts: Collection<'account'>;
  /** Found by ticket too. */
  readonly qrCodes: Collection<'qrCode'>;
  readonly signingKeys: Collection<'signingKey'>;
  readonly usedNonces: Collection<'usedNonce'>;
  readonly keys: KeyRing;

  constructor(state: State, rows: readonly AuthingRow[]) {
    this.userPools = new Collection('userPool', state);
    this.applications = new Collection('application', state);
    this.accessKeys = new Collection('accessKey', state);
    this.accounts = new Collection('account', state, ({ directoryUserId }) => directoryUserId);
    this.qrCodes = new Collection('qrCode', state, ({ grant }) => grant?.ticket ?? null);
    this.signingKeys = new Collection('signingKey', state);
    this.usedNonces = new Collection('usedNonce', state);
    this.keys = new KeyRing(this.signingKeys, state);
    const collections = this.#collections();
    for (const { set, value } of rows) collections[set].restore(value as never);
    if (this.userPools.size === 0) this.addUserPool('Default');
  }

  /** After a reset of the whole server: a new default pool with new secrets, and nothing else. */
  reset(): void {
    for (const collection of Object.values(this.#collections())) collection.clear();
    this.addUserPool('Default');
  }

  /** The pool that people belong to where nothing says otherwise: the first one. */
  get defaultUserPool(): UserPool {
    return this.userPools.values().next().value!;
  }

  /** A pool with an application and an access key, all with ids and secrets of their own. */
  addUserPool(name: string): UserPool {
    const pool: UserPool = { id: hexadecimal(24), name, strategy: DEFAULT_STRATEGY };
    this.userPools.add(pool);
    this.addApplication({ userPoolId: pool.id, name });
    this.accessKeys.add({
      id: hexadecimal(24),
      userPoolId: pool.id,
      secret: hexadecimal(32),
    });
    return pool;
  }

  addApplication(
    input: Pick<Application, 'userPoolId' | 'name'> & Partial<Application>,
  ): Application {
    const application: Application = {
      id: hexadecimal(24),
      secret: hexadecimal(32),
      tokenEndpointAuth: 'none',
      idTokenAlgorithm: 'RS256',
      ...input,
    };
    this.applications.add(application);
    return application;
  }

  applicationsOf(pool: UserPool): Application[] {
    return [...this.applications.values()].filter(({ userPoolId }) => userPoolId === pool.id);
  }

  /** Who a user of the directory is here; somebody new joins the default pool. */
  accountOf(user: User, timeMilliseconds: number): Account {
    const known = this.accounts.find(user.id);
    if (known) return known;
    const username = user.userPrincipalName.split('@')[0]!;
    const account: Account = {
      id: hexadecimal(24),
      userPoolId: this.defaultUserPool.id,
      directoryUserId: user.id,
      username,
      name: user.displayName,
      nickname: username,
      photo: '',
      email: user.userPrincipalName,
      phone: '',
      customData: {},
      signedUpAt: timeMilliseconds,
      updatedAt: timeMilliseconds,
      loginsCount: 0,
      lastIp: '',
    };
    this.accounts.add(account);
    return account;
  }

  /** A new QR code in the place of the oldest that nobody can want any more. */
  addQrCode(
    application: Application,
    input: Pick<QrCode, 'scene' | 'customData'>,
    timeMilliseconds: number,
  ): QrCode {
    for (const oldest of this.qrCodes.values()) {
      const isForgotten = oldest.createdAt + QR_CODE_KEPT_MILLISECONDS <= timeMilliseconds;
      if (!isForgotten && this.qrCodes.size < MAX_QR_CODES) break;
      this.qrCodes.remove(oldest);
    }
    const { strategy } = this.userPools.get(application.userPoolId)!;
    const code: QrCode = {
      ...input,
      id: alphanumeric(30),
      applicationId: application.id,
      userPoolId: application.userPoolId,
      status: 'PENDING',
      createdAt: timeMilliseconds,
      expiresAt: timeMilliseconds + strategy.qrcodeExpiresIn * 1000,
      accountId: null,
      grant: null,
      outcome: null,
    };
    this.qrCodes.add(code);
    return code;
  }

  #collections() {
    return {
      userPool: this.userPools,
      application: this.applications,
      accessKey: this.accessKeys,
      account: this.accounts,
      qrCode: this.qrCodes,
      signingKey: this.signingKeys,
      usedNonce: this.usedNonces,
    };
  }
}
