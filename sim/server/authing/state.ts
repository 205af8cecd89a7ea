import type { Collection, Lookup } from '../store/collection.ts';
import type { User } from '../store/records.ts';
import type { State } from '../store/state.ts';
import { KeyRing } from './keys.ts';
import { alphanumeric, hexadecimal } from './random.ts';
import {
  type AccessKey,
  type Account,
  type Application,
  DEFAULT_STRATEGY,
  type QrCode,
  type UsedNonce,
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
  readonly userPools: Collection<UserPool>;
  readonly applications: Collection<Application>;
  readonly accessKeys: Collection<AccessKey>;
  readonly accounts: Collection<Account>;
  readonly qrCodes: Collection<QrCode>;
  readonly usedNonces: Collection<UsedNonce>;
  readonly keys: KeyRing;
  /** The account of a user of the directory, by their id there. */
  readonly accountOfUser: Lookup<Account>;
  /** The QR code whose confirmation made this ticket, until it is used. */
  readonly qrCodeOfTicket: Lookup<QrCode>;

  constructor(state: State) {
    this.userPools = state.collection('authingUserPool');
    this.applications = state.collection('authingApplication');
    this.accessKeys = state.collection('authingAccessKey');
    this.accounts = state.collection('authingAccount');
    this.qrCodes = state.collection('authingQrCode');
    this.usedNonces = state.collection('authingUsedNonce');
    this.keys = new KeyRing(state);
    this.accountOfUser = this.accounts.indexBy(({ directoryUserId }) => directoryUserId);
    this.qrCodeOfTicket = this.qrCodes.indexBy(({ grant }) => grant?.ticket ?? null);
    this.ensureUserPool();
  }

  /** In an empty server: a default pool with new secrets. */
  ensureUserPool(): void {
    if (this.userPools.size === 0) this.addUserPool('Default');
  }

  /** The pool that people belong to where nothing says otherwise: the first one. */
  get defaultUserPool(): UserPool {
    return this.userPools.values().next().value!;
  }

  /** A pool with an application and an access key, all with ids and secrets of their own. */
  addUserPool(name: string): UserPool {
    const pool: UserPool = { id: hexadecimal(24), name, strategy: DEFAULT_STRATEGY };
    this.userPools.save(pool);
    this.addApplication({ userPoolId: pool.id, name });
    this.accessKeys.save({
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
    this.applications.save(application);
    return application;
  }

  applicationsOf(pool: UserPool): Application[] {
    return [...this.applications.values()].filter(({ userPoolId }) => userPoolId === pool.id);
  }

  /** Who a user of the directory is here; somebody new joins the default pool. */
  accountOf(user: User, timeMilliseconds: number): Account {
    const known = this.accountOfUser(user.id);
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
    this.accounts.save(account);
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
    this.qrCodes.save(code);
    return code;
  }
}
