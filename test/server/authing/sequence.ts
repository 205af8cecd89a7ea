import { decodeJwt } from 'jose';
import { seededEntropy } from '../../../sim/board/entropy.ts';
import type { Reply } from '../support.ts';
import { type Event, Model, type Outcome, type Person } from './model.ts';
import * as support from './support.ts';

/** Random lives of QR codes: the server beside the table, event by event. A number names a life. */

const EVENTS = 14;
const QR_SECONDS = 120;
const TICKET_SECONDS = 300;
const NEVER_GIVEN = 'NobodyEverGaveOutThisTicket00000';

/** The server that all lives of one kind share, and people of three sorts. */
export interface Stage {
  readonly on: support.AuthingTenant;
  readonly polled: boolean;
  readonly elsewhere: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<Person, Readonly<Record<string, string>>>>;
}

export interface Tally {
  events: number;
  refusals: number;
  confirmations: number;
  tokenSets: number;
  races: number;
  expiries: number;
}

export const emptyTally = (): Tally => ({
  events: 0,
  refusals: 0,
  confirmations: 0,
  tokenSets: 0,
  races: 0,
  expiries: 0,
});

/** @param polled whether polling returns the tokens themselves */
export async function openStage(polled: boolean): Promise<Stage> {
  const on = await support.authingTenant();
  on.configure({ returnFullUserInfo: polled });
  const pool = on.authing.addUserPool('Elsewhere');
  const application = on.authing.addApplication({ userPoolId: support.POOL_ID, name: 'Other' });
  const stranger = await on.send('POST', '/_emulator/users', {
    userPrincipalName: 'zoe@far.example',
  });
  const { body } = await on.send('POST', '/_emulator/tokens', {
    user: stranger.body.id,
    scopes: [],
  });
  await on.send('POST', '/_emulator/authing/accounts', {
    username: 'zoe',
    directoryUser: stranger.body.id,
    userPoolId: pool.id,
  });
  return {
    on,
    polled,
    elsewhere: { 'x-genauth-app-id': application.id },
    headers: {
      ada: support.asAda,
      bob: support.asBob,
      stranger: { authorization: `Bearer ${body.accessToken}` },
      nobody: { authorization: 'Bearer nobody-knows-this-token' },
    },
  };
}

/** How a life fails: the server and the table part, or it breaks a promise that needs no table. */
export type Failing = 'parted' | 'unconfirmed' | 'twice';

export class LifeError extends Error {
  readonly failing: Failing;

  constructor(failing: Failing, message: string) {
    super(message);
    this.failing = failing;
  }
}

/** Lives one life. @throws LifeError that names the life and the event at which it fails */
export async function live(stage: Stage, seed: number): Promise<Tally> {
  try {
    return await new Life(stage, seed).run();
  } catch (error) {
    const failing = error instanceof LifeError ? error.failing : 'parted';
    const kind = stage.polled ? 'polled life' : 'life';
    throw new LifeError(failing, `${kind} ${seed}: ${(error as Error).message}`);
  }
}

class Life {
  readonly #stage: Stage;
  readonly #below: (limit: number) => number;
  readonly #tally = emptyTally();
  readonly #ids: string[] = [];
  /** The ticket that each code was seen to give out. */
  readonly #tickets: (string | undefined)[] = [];
  /** `jti` of the tokens that each code led to. */
  readonly #tokens: (string | undefined)[] = [];
  /** How often each code's ticket was good for tokens. */
  readonly #exchanges: number[] = [];
  /** Codes of which a CONFIRM was answered with success. */
  readonly #confirmed = new Set<number>();
  #model: Model;
  #now = support.NEW_YEAR_SECONDS;

  constructor(stage: Stage, seed: number) {
    this.#stage = stage;
    const entropy = seededEntropy(seed);
    const bytes = new Uint8Array(4);
    this.#below = (limit) => {
      entropy(bytes);
      return new DataView(bytes.buffer).getUint32(0) % limit;
    };
    this.#model = new Model({
      qrSeconds: QR_SECONDS,
      ticketSeconds: TICKET_SECONDS,
      polled: stage.polled,
    });
  }

  async run(): Promise<Tally> {
    this.#stage.on.setClock(this.#now);
    await this.#create();
    for (let step = 0; step < EVENTS; step++) {
      const kind = this.#below(20);
      if (kind === 0 && this.#ids.length < 3) await this.#create();
      else if (kind < 3) this.#moveClock();
      else if (kind < 6) await this.#race(this.#event(), this.#event());
      else await this.#single(this.#event());
    }
    return this.#tally;
  }

  async #create(): Promise<void> {
    this.#ids.push(await support.generate(this.#stage.on));
    this.#model.create(this.#now);
    this.#exchanges.push(0);
  }

  /** To a moment before an end, to the very end, far beyond; now and then back. */
  #moveClock(): void {
    const seconds = [1, 60, QR_SECONDS - 1, QR_SECONDS, TICKET_SECONDS - 1, TICKET_SECONDS, -90];
    this.#now += seconds[this.#below(seconds.length)]!;
    this.#stage.on.setClock(this.#now);
  }

  #event(): Event {
    // Now and then one more than there are: a code that nobody made.
    const code = this.#below(this.#ids.length + (this.#below(8) === 0 ? 1 : 0));
    const choice = this.#below(16);
    if (choice < 4) return { kind: 'act', code, action: 'SCAN', by: this.#person() };
    if (choice < 8) return { kind: 'act', code, action: 'CONFIRM', by: this.#person() };
    if (choice === 8) return { kind: 'act', code, action: 'CANCEL', by: this.#person() };
    if (choice < 12) return { kind: 'poll', code };
    if (choice === 15 && this.#below(4) === 0) return { kind: 'fail', code };
    return { kind: 'exchange', code, from: this.#below(6) === 0 ? 'elsewhere' : 'home' };
  }

  #person(): Person {
    const choice = this.#below(16);
    if (choice < 12) return 'ada';
    return (['bob', 'bob', 'stranger', 'nobody'] as const)[choice - 12]!;
  }

  /** Clients learn tickets by polling, and so do these before they exchange one. */
  async #learn(event: Event): Promise<void> {
    if (event.kind === 'exchange') await this.#single({ kind: 'poll', code: event.code });
  }

  async #single(event: Event): Promise<void> {
    await this.#learn(event);
    const expected = this.#model.apply(event, this.#now);
    const seen = await this.#send(event);
    this.#note([event], [seen]);
    if (!isSame(seen, expected)) throw parting(event, seen, expected);
  }

  /** Two at once: the answers must be those of one order or of the other. */
  async #race(left: Event, right: Event): Promise<void> {
    await this.#learn(left);
    await this.#learn(right);
    const [first, second] = [this.#model.copy(), this.#model.copy()];
    const leftFirst = [first.apply(left, this.#now), first.apply(right, this.#now)] as const;
    const rightSecond = second.apply(right, this.#now);
    const rightFirst = [second.apply(left, this.#now), rightSecond] as const;
    const seen = await Promise.all([this.#send(left), this.#send(right)]);
    this.#note([left, right], seen);
    const fits = (order: readonly Outcome[]) => order.every((each, at) => isSame(seen[at]!, each));
    if (fits(leftFirst)) this.#model = first;
    else if (fits(rightFirst)) this.#model = second;
    else throw parting([left, right], seen, [leftFirst, rightFirst]);
    this.#tally.races += 1;
  }

  /** Counts, and holds the answers against the promise that no table is needed for. */
  #note(events: readonly Event[], seen: readonly Outcome[]): void {
    for (const [at, event] of events.entries()) {
      const { statusCode, status } = seen[at]!;
      this.#tally.events += 1;
      if (statusCode >= 400) this.#tally.refusals += 1;
      if (status === 'EXPIRED') this.#tally.expiries += 1;
      if (event.kind !== 'act' || event.action !== 'CONFIRM' || statusCode !== 200) continue;
      this.#tally.confirmations += 1;
      this.#confirmed.add(event.code);
    }
    for (const [at, { code }] of events.entries()) {
      if (seen[at]!.hasTokens && !this.#confirmed.has(code)) {
        throw new LifeError('unconfirmed', `code ${code} led to tokens without a confirmation`);
      }
    }
  }

  async #send(event: Event): Promise<Outcome> {
    const { on, headers, elsewhere } = this.#stage;
    const id = this.#ids[event.code] ?? 'nope';
    if (event.kind === 'fail') {
      const body = { qrcodeId: id, status: 'ERROR' };
      const reply = await on.send('POST', '/_emulator/authing/interruptions', body);
      return { statusCode: reply.status };
    }
    if (event.kind === 'act') {
      const { body } = await support.act(on, event.action, headers[event.by], id);
      return { statusCode: body.statusCode };
    }
    if (event.kind === 'poll') {
      const reply = await on.call('GET', `/api/v3/get-qrcode-status?qrcodeId=${id}`);
      return this.#polled(event.code, reply);
    }
    const ticket = this.#tickets[event.code] ?? NEVER_GIVEN;
    const sender = event.from === 'home' ? support.APP_HEADER : elsewhere;
    const { body } = await support.exchange(on, ticket, {}, sender);
    if (body.statusCode !== 200) return { statusCode: body.statusCode };
    this.#exchanges[event.code]! += 1;
    this.#received(event.code, body.data.access_token);
    return { statusCode: 200, hasTokens: true };
  }

  #polled(code: number, { body }: Reply): Outcome {
    if (body.statusCode !== 200) return { statusCode: body.statusCode };
    const { status, ticket, briefUserInfo, tokenSet } = body.data;
    if (ticket !== undefined) {
      if (this.#tickets[code] !== undefined && this.#tickets[code] !== ticket) {
        throw new LifeError('twice', `code ${code} gave out two tickets`);
      }
      this.#tickets[code] = ticket;
    }
    if (tokenSet) this.#received(code, tokenSet.access_token);
    return {
      statusCode: body.statusCode,
      status,
      hasTicket: ticket !== undefined,
      hasUser: briefUserInfo !== undefined,
      hasTokens: tokenSet !== undefined,
    };
  }

  /** No second use of a ticket, and no second set of tokens for one confirmation. */
  #received(code: number, accessToken: string): void {
    const { jti } = decodeJwt(accessToken);
    this.#tally.tokenSets += 1;
    if (this.#exchanges[code]! > 1) {
      throw new LifeError('twice', `the ticket of code ${code} was good for two`);
    }
    this.#tokens[code] ??= jti;
    if (this.#tokens[code] !== jti)
      throw new LifeError('twice', `code ${code} led to other tokens`);
  }
}

function isSame(seen: Outcome, expected: Outcome): boolean {
  const keys = ['statusCode', 'status', 'hasTicket', 'hasUser', 'hasTokens'] as const;
  return keys.every((key) => seen[key] === expected[key]);
}

function parting(event: Event | readonly Event[], seen: unknown, expected: unknown): LifeError {
  const [what, got, wanted] = [event, seen, expected].map((part) => JSON.stringify(part));
  return new LifeError('parted', `${what} was answered ${got}, the table says ${wanted}`);
}
