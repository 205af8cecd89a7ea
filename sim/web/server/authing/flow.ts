/**
 * A login by QR code at Authing: a web page shows the code, the app on somebody's phone scans it and
 * confirms with the code of their token, and the page gets tokens for the ticket of the login. The
 * page plays both, the login page without any bearer token, the phone with the person's.
 */
import { Store } from '../../store.ts';
import type { WorldTime } from '../../time/world-time.ts';
import type { Turn } from '../../turn.ts';
import { Attempt, needed } from '../attempt.ts';
import type { Exchange, Sender, ServerClient } from '../client.ts';
import type { HardwareOath } from '../hardware-oath/flow.ts';
import { type Blame, type KnownToken, mistyped, type PresentedCode } from '../known-token.ts';
import { LatestAnswer } from '../latest-answer.ts';
import type { Person } from '../person.ts';
import {
  ABOUT_CODE,
  type Envelope,
  type LoginStatus,
  loginIdOf,
  nameIn,
  reasonOf,
  type StatusData,
} from './answers.ts';

export const STEPS = ['show', 'scan', 'confirm', 'exchange'] as const;
export type Step = (typeof STEPS)[number];

export const MISTAKES = [
  'wrongCode',
  'usedCode',
  'oldCode',
  'wrongSerial',
  'locked',
  'earlyConfirm',
  'otherPhone',
  'expiredQr',
  'usedTicket',
] as const;
export type Mistake = (typeof MISTAKES)[number];

/** A login as its page knows it. */
export interface Login {
  readonly qrcodeId: string;
  readonly status: LoginStatus;
  /** Data address of the picture with the QR code. */
  readonly picture: string;
  /** Who has scanned it. */
  readonly scanner: string;
  /** Once it is confirmed, until it is used. */
  readonly ticket: string;
  /** Whose ID token came for the ticket. */
  readonly signedIn: string | null;
}

const API = '/api/v3';

export class AuthingLogin {
  readonly store = new Store<{ readonly login: Login | null }>({ login: null });
  readonly attempt: Attempt;
  readonly #server: ServerClient;
  readonly #known: KnownToken;
  readonly #person: Person;
  readonly #oath: HardwareOath;
  readonly #time: WorldTime;
  readonly #status = new LatestAnswer(() =>
    this.#server.read(this.#statusPath, { headers: this.#page }),
  );
  #applicationId = '';

  constructor(
    turn: Turn,
    server: ServerClient,
    known: KnownToken,
    person: Person,
    oath: HardwareOath,
    time: WorldTime,
  ) {
    this.attempt = new Attempt(turn);
    this.#server = server;
    this.#known = known;
    this.#person = person;
    this.#oath = oath;
    this.#time = time;
  }

  get login(): Login | null {
    return this.store.state.login;
  }

  /** Another token, and with it another person, is there. */
  changeToken(): void {
    this.store.set({ login: null });
    this.attempt.clear();
  }

  /** Asks how the login stands, as its page does all the time. */
  async refresh(): Promise<void> {
    if (!this.login) return;
    const { qrcodeId } = this.login;
    await this.#status.take((answer) => {
      if (answer && this.login?.qrcodeId === qrcodeId)
        this.#take((answer as Envelope<StatusData>).data);
    });
  }

  /** The login page shows a new QR code. */
  show(): Promise<boolean> {
    return this.attempt.run(() => this.#show());
  }

  /** @param text  that the phone has read in a QR code */
  scan(text: string): Promise<boolean> {
    return this.attempt.run(() => this.#scan(text));
  }

  /** Scans the code that the page shows, without a camera. */
  scanShown(): Promise<boolean> {
    return this.attempt.run(() => this.#act('SCAN'));
  }

  /** @param presented  an empty code is the one on the display */
  confirm(presented: PresentedCode): Promise<boolean> {
    return this.attempt.run(() => this.#confirm(presented));
  }

  cancel(): Promise<boolean> {
    return this.attempt.run(() => this.#act('CANCEL'));
  }

  exchange(): Promise<boolean> {
    return this.attempt.run(() => this.#exchange(this.login?.ticket ?? ''));
  }

  happyPath(recordText: string | null): Promise<boolean> {
    return this.attempt.run(() => this.#happyPath(recordText));
  }

  make(mistake: Mistake, recordText: string | null): Promise<boolean> {
    return this.attempt.run(() => this.#make(mistake, recordText));
  }

  async #happyPath(recordText: string | null): Promise<boolean> {
    return (await this.#ticketOf(recordText)) !== null;
  }

  async #make(mistake: Mistake, recordText: string | null): Promise<boolean> {
    if (mistake === 'usedTicket') {
      const ticket = await this.#ticketOf(recordText);
      return ticket !== null && (await this.#exchange(ticket));
    }
    const code = await this.#begin(recordText, mistake === 'oldCode');
    if (code === null) return false;
    if (mistake === 'earlyConfirm')
      return this.#confirm({ serialNumber: this.#known.serialNumber, code });
    if (mistake === 'expiredQr') {
      await this.#time.pass(await this.#lifetimeSeconds());
      return this.#act('SCAN');
    }
    if (!(await this.#act('SCAN'))) return false;
    if (mistake !== 'otherPhone') return this.#confirmWrongly(mistake, code);
    await this.#person.otherLoggedIn();
    return this.#act('SCAN', 'otherPerson');
  }

  async #confirmWrongly(mistake: Mistake, code: string): Promise<boolean> {
    const { serialNumber } = this.#known;
    if (mistake === 'wrongCode') {
      return this.#confirm({ serialNumber, code: await this.#known.wrongCode(code) });
    }
    if (mistake === 'wrongSerial')
      return this.#confirm({ serialNumber: mistyped(serialNumber), code });
    if (mistake === 'locked') {
      await this.#oath.lock((wrong) => this.#confirm({ serialNumber, code: wrong }), code);
    }
    if (mistake === 'usedCode') {
      const body = { serialNumber, code };
      await this.#server.send({ method: 'POST', path: '/_emulator/sign-in', body });
    }
    return this.#confirm({ serialNumber, code });
  }

  /** The ticket of a login that has been gone through; it is used. Null when a step was refused. */
  async #ticketOf(recordText: string | null): Promise<string | null> {
    const code = await this.#begin(recordText);
    if (code === null || !(await this.#act('SCAN'))) return null;
    if (!(await this.#confirm({ serialNumber: this.#known.serialNumber, code }))) return null;
    const ticket = this.login?.ticket ?? '';
    return (await this.#exchange(ticket)) ? ticket : null;
  }

  /**
   * A token that is activated, and a QR code that nobody has scanned.
   * @returns a code to confirm with, taken before the QR code begins to age; null when refused
   */
  async #begin(recordText: string | null, isOld = false): Promise<string | null> {
    if (!(await this.#oath.prepare(recordText))) return null;
    const code = isOld ? await this.#known.oldCode() : await this.#known.freshCode();
    return (await this.#show()) ? code : null;
  }

  // --- steps --------------------------------------------------------------------------------------

  async #show(): Promise<boolean> {
    await this.#findApplication();
    const exchange = await this.#server.send({
      method: 'POST',
      path: `${API}/gene-qrcode`,
      body: { type: 'MOBILE_APP' },
      sender: 'anybody',
      headers: this.#page,
    });
    if (!exchange.isAccepted) return this.#settle('show', exchange);
    const { qrcodeId, url } = (exchange.body as Envelope<{ qrcodeId: string; url: string }>).data;
    const picture = (await this.#server.readPicture(url)) ?? '';
    const login = { qrcodeId, picture, status: 'PENDING', scanner: '', ticket: '' } as const;
    this.store.set({ login: { ...login, signedIn: null } });
    return this.#settle('show', exchange);
  }

  async #scan(text: string): Promise<boolean> {
    const qrcodeId = loginIdOf(text);
    if (qrcodeId === null) return this.attempt.refuse('scan', 'notALogin');
    if (qrcodeId !== this.login?.qrcodeId) return this.attempt.refuse('scan', 'otherLogin');
    return this.#act('SCAN');
  }

  async #act(action: 'SCAN' | 'CANCEL', sender: Sender = 'person'): Promise<boolean> {
    await this.#person.loggedIn();
    const exchange = await this.#setStatus({ action }, sender);
    await this.refresh();
    return this.#settle(action === 'SCAN' ? 'scan' : 'cancel', exchange);
  }

  async #confirm(presented: PresentedCode): Promise<boolean> {
    const code = presented.code || (await this.#known.shownCode());
    const oath = { ...presented, code };
    await this.#person.loggedIn();
    await this.#known.refresh();
    const before = this.#known.device;
    const exchange = await this.#setStatus({ action: 'CONFIRM', oath }, 'person');
    await this.#known.refresh();
    if (exchange.isAccepted) {
      this.#known.lastAcceptedCode = code;
      await this.#readTicket();
      return this.#settle('confirm', exchange);
    }
    const reason = reasonOf(exchange);
    const blame = ABOUT_CODE.has(reason) ? await this.#known.blame(code, before, reason) : {};
    await this.refresh();
    return this.#settle('confirm', exchange, blame);
  }

  /** The page polls, and this time there is a ticket. */
  async #readTicket(): Promise<void> {
    const { body, isAccepted } = await this.#server.send({
      method: 'GET',
      path: this.#statusPath,
      sender: 'anybody',
      headers: this.#page,
    });
    if (isAccepted) this.#take((body as Envelope<StatusData>).data);
  }

  async #exchange(ticket: string): Promise<boolean> {
    const exchange = await this.#server.send({
      method: 'POST',
      path: `${API}/exchange-tokenset-with-qrcode-ticket`,
      body: { ticket },
      sender: 'anybody',
      headers: this.#page,
    });
    if (exchange.isAccepted && this.login) {
      const { id_token } = (exchange.body as Envelope<{ id_token: string }>).data;
      this.store.set({ login: { ...this.login, ticket: '', signedIn: nameIn(id_token) } });
    }
    return this.#settle('exchange', exchange);
  }

  #setStatus(change: object, sender: Sender): Promise<Exchange> {
    const body = { qrcodeId: this.login?.qrcodeId ?? '', ...change };
    return this.#server.send({ method: 'POST', path: `${API}/set-qrcode-status`, body, sender });
  }

  #settle(step: string, exchange: Exchange, blame: Partial<Blame> = {}): boolean {
    return this.attempt.settle(step, exchange, { reason: reasonOf(exchange), ...blame });
  }

  #take({ status, ticket, briefUserInfo }: StatusData): void {
    if (!this.login) return;
    const scanner = briefUserInfo?.displayName ?? '';
    this.store.set({ login: { ...this.login, status, scanner, ticket: ticket ?? '' } });
  }

  get #statusPath(): string {
    return `${API}/get-qrcode-status?qrcodeId=${this.login?.qrcodeId ?? ''}`;
  }

  /** How the login page says which application it is for. */
  get #page(): Readonly<Record<string, string>> {
    return { 'x-authing-app-id': this.#applicationId };
  }

  async #findApplication(): Promise<void> {
    const overview = (await this.#server.read('/_emulator/authing')) as {
      userPools: { applications: { id: string }[] }[];
    } | null;
    this.#applicationId = overview?.userPools[0]?.applications[0]?.id ?? '';
  }

  async #lifetimeSeconds(): Promise<number> {
    const overview = await needed<{ userPools: { strategy: { qrcodeExpiresIn: number } }[] }>(
      this.#server,
      '/_emulator/authing',
    );
    return overview.userPools[0]!.strategy.qrcodeExpiresIn;
  }
}
