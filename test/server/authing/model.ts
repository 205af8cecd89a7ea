/**
 * QR login as a table, and a few lines around it: what every event must be answered with. Kept apart
 * from the server's own words: numbers and letters here come from docs/authing.md.
 */

export type Person = 'ada' | 'bob' | 'stranger' | 'nobody';
export type Action = 'SCAN' | 'CONFIRM' | 'CANCEL';
export type Status = 'PENDING' | 'SCANNED' | 'AUTHORIZED' | 'CANCELLED' | 'EXPIRED' | 'ERROR';

export type Event =
  | { readonly kind: 'act'; readonly code: number; readonly action: Action; readonly by: Person }
  | { readonly kind: 'poll'; readonly code: number }
  | { readonly kind: 'exchange'; readonly code: number; readonly from: 'home' | 'elsewhere' }
  | { readonly kind: 'fail'; readonly code: number };

/** What can be told of an answer from outside. */
export interface Outcome {
  readonly statusCode: number;
  readonly status?: Status;
  readonly hasTicket?: boolean;
  readonly hasUser?: boolean;
  readonly hasTokens?: boolean;
}

/** Rows: where the code stands. Columns: who acts, the one who scanned it or somebody else. */
const TABLE: Readonly<Record<Status, Record<Action, Record<'same' | 'other', Status | number>>>> = {
  PENDING: {
    SCAN: { same: 'SCANNED', other: 'SCANNED' },
    CONFIRM: { same: 422, other: 422 },
    CANCEL: { same: 422, other: 422 },
  },
  SCANNED: {
    SCAN: { same: 'SCANNED', other: 422 },
    CONFIRM: { same: 'AUTHORIZED', other: 403 },
    CANCEL: { same: 'CANCELLED', other: 403 },
  },
  AUTHORIZED: {
    SCAN: { same: 422, other: 422 },
    CONFIRM: { same: 'AUTHORIZED', other: 403 },
    CANCEL: { same: 422, other: 422 },
  },
  CANCELLED: closed(),
  EXPIRED: closed(),
  ERROR: closed(),
};

function closed() {
  const never = { same: 422, other: 422 };
  return { SCAN: never, CONFIRM: never, CANCEL: never };
}

interface ModelCode {
  status: Status;
  owner: Person | null;
  endsAt: number;
  ticket: 'none' | 'live' | 'used';
}

export interface ModelSettings {
  readonly qrSeconds: number;
  readonly ticketSeconds: number;
  readonly polled: boolean;
}

export class Model {
  #codes: ModelCode[] = [];
  readonly #settings: ModelSettings;

  constructor(settings: ModelSettings) {
    this.#settings = settings;
  }

  /** The same again, to try another order of events on. */
  copy(): Model {
    const other = new Model(this.#settings);
    other.#codes = structuredClone(this.#codes);
    return other;
  }

  create(now: number): void {
    const endsAt = now + this.#settings.qrSeconds;
    this.#codes.push({ status: 'PENDING', owner: null, endsAt, ticket: 'none' });
  }

  apply(event: Event, now: number): Outcome {
    const code = this.#codes[event.code];
    if (event.kind === 'exchange') return this.#exchange(code, event.from, now);
    if (event.kind === 'act' && event.by === 'nobody') return { statusCode: 401 };
    if (!code) return { statusCode: event.kind === 'fail' ? 400 : 404 };
    expire(code, now);
    if (event.kind === 'act') return this.#act(code, event.action, event.by, now);
    return event.kind === 'poll' ? this.#poll(code) : fail(code);
  }

  #act(code: ModelCode, action: Action, by: Person, now: number): Outcome {
    if (by === 'stranger') return { statusCode: 403 };
    const next = TABLE[code.status][action][code.owner === by ? 'same' : 'other'];
    if (typeof next === 'number') return { statusCode: next };
    if (next === 'SCANNED') code.owner = by;
    if (next === 'AUTHORIZED' && code.status === 'SCANNED') {
      code.ticket = this.#settings.polled ? 'none' : 'live';
      code.endsAt = now + this.#settings.ticketSeconds;
    }
    code.status = next;
    return { statusCode: 200 };
  }

  #poll({ status, ticket }: ModelCode): Outcome {
    return {
      statusCode: 200,
      status,
      hasTicket: status === 'AUTHORIZED' && ticket === 'live',
      hasUser: status === 'SCANNED' || status === 'AUTHORIZED' || status === 'CANCELLED',
      hasTokens: status === 'AUTHORIZED' && this.#settings.polled,
    };
  }

  /** The ticket that this code gave out, if it ever did; else one that nobody gave out. */
  #exchange(code: ModelCode | undefined, from: 'home' | 'elsewhere', now: number): Outcome {
    if (code?.ticket === 'live') expire(code, now);
    if (code?.ticket !== 'live') return { statusCode: 422 };
    if (from === 'elsewhere') return { statusCode: 403 };
    code.ticket = 'used';
    return { statusCode: 200, hasTokens: true };
  }
}

function expire(code: ModelCode, now: number): void {
  const isOpen = ['PENDING', 'SCANNED', 'AUTHORIZED'].includes(code.status);
  if (!isOpen || now < code.endsAt) return;
  code.status = 'EXPIRED';
  code.owner = null;
  if (code.ticket === 'live') code.ticket = 'none';
}

function fail(code: ModelCode): Outcome {
  if (code.status !== 'PENDING' && code.status !== 'SCANNED') return { statusCode: 400 };
  code.status = 'ERROR';
  return { statusCode: 204 };
}
