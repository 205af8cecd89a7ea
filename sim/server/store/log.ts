import type { Persistence, Snapshot } from './persistence.ts';

/** One request as a tester sees it afterwards; secrets and codes are replaced by `[redacted]`. */
export interface LogEntry {
  sequence: number;
  /** Server clock, ISO 8601. */
  time: string;
  method: string;
  path: string;
  /** Name of the bearer token, or null without a valid one. */
  caller: string | null;
  status: number;
  requestId: string;
  clientRequestId: string;
  /** Name of the refusal in the server's table, e.g. `codeInvalid`; null when it succeeded. */
  refusal: string | null;
  body: unknown;
}

/** What the server hands over of a request, with the time as a number. */
export type LoggedRequest = Omit<LogEntry, 'sequence' | 'time'> & {
  readonly timeMilliseconds: number;
};

/** Deliberately wide: a secret sent under a mistyped name must not be readable either. */
const SECRET_NAME = /secret|code|token|key|seed|pin|password|ticket|random/i;
const MAX_ENTRIES = 10_000;
const CHUNK_ENTRIES = 256;
const WRITE_BEHIND_MILLISECONDS = 100;

/**
 * The last 10,000 requests. Entries are written behind, in groups, so that the log costs a request
 * next to nothing: a killed server may lose the lines of its last tenth of a second, never the
 * state changes they tell of.
 */
export class RequestLog {
  readonly #persistence: Persistence;
  #pending: string[] = [];
  #lastSequence: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<(entry: LogEntry) => void>();

  constructor(persistence: Persistence, snapshot: Snapshot) {
    this.#persistence = persistence;
    this.#lastSequence = snapshot.lastLogSequence;
  }

  add(request: LoggedRequest): void {
    this.#lastSequence += 1;
    const line = lineOf(this.#lastSequence, request);
    this.#pending.push(JSON.stringify(line));
    for (const tell of this.#listeners) tell(entryOf(line));
    if (this.#pending.length >= CHUNK_ENTRIES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WRITE_BEHIND_MILLISECONDS);
  }

  /**
   * @param sequence 0 for the newest entries, else only those after this one
   * @returns at most `limit` entries, oldest first
   */
  read(sequence: number, limit: number): LogEntry[] {
    this.flush();
    const after = sequence > 0 ? sequence : this.#lastSequence - limit;
    const oldest = Math.max(after, this.#lastSequence - MAX_ENTRIES);
    return this.#persistence
      .readLog(oldest)
      .flatMap((json) => JSON.parse(json) as LogLine[])
      .filter(([entrySequence]) => entrySequence > oldest)
      .slice(0, limit)
      .map(entryOf);
  }

  /**
   * @param tell  given every entry from now on, as it is logged
   * @returns what ends that
   */
  subscribe(tell: (entry: LogEntry) => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /**
   * Begins anew; what is on disk is the caller's business.
   * @returns how to go on where it was, should the database refuse that
   */
  clear(): () => void {
    const [pending, lastSequence] = [this.#pending, this.#lastSequence];
    this.#pending = [];
    this.#lastSequence = 0;
    return () => {
      this.#pending = pending;
      this.#lastSequence = lastSequence;
    };
  }

  /** Hands the pending entries to the database; a database that fails costs lines, not requests. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const lastSequence = this.#lastSequence;
    const json = `[${this.#pending.join(',')}]`;
    this.#pending = [];
    try {
      const forgetThrough = lastSequence - MAX_ENTRIES;
      this.#persistence.appendLog({ lastSequence, json, forgetThrough });
    } catch {
      // The next request that changes state meets the same database and reports it.
    }
  }
}

/** A request as it is kept: the entry's values in order, which is half the work of names. */
type LogLine = [
  sequence: number,
  timeMilliseconds: number,
  method: string,
  path: string,
  caller: string | null,
  status: number,
  requestId: string,
  clientRequestId: string | null,
  refusal: string | null,
  body: unknown,
];

function lineOf(sequence: number, request: LoggedRequest): LogLine {
  const { requestId, clientRequestId, body } = request;
  return [
    sequence,
    request.timeMilliseconds,
    request.method,
    redactedPath(request.path),
    request.caller,
    request.status,
    requestId,
    clientRequestId === requestId ? null : clientRequestId,
    request.refusal,
    redacted(body),
  ];
}

function entryOf(line: LogLine): LogEntry {
  const [sequence, timeMilliseconds, method, path, caller, status, requestId, sent, refusal, body] =
    line;
  return {
    sequence,
    time: new Date(timeMilliseconds).toISOString(),
    method,
    path,
    caller,
    status,
    requestId,
    clientRequestId: sent ?? requestId,
    refusal,
    body,
  };
}

/** The value with every text or number under a telling name, in lists too, replaced at any depth. */
function redacted(value: unknown, isSecret = false): unknown {
  if (typeof value === 'string' || typeof value === 'number')
    return isSecret ? '[redacted]' : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redacted(item, isSecret));
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    copy[name] = redacted((value as Record<string, unknown>)[name], SECRET_NAME.test(name));
  }
  return copy;
}

/**
 * The path with the values of telling query parameters replaced, and the id in the address of a
 * picture, which is worth as much as a telling parameter.
 */
function redactedPath(path: string): string {
  const end = path.indexOf('?');
  if (end < 0) return withoutPictureId(path);
  const pairs = path.slice(end + 1).split('&');
  return `${withoutPictureId(path.slice(0, end))}?${pairs.map(redactedPair).join('&')}`;
}

function redactedPair(pair: string): string {
  const end = pair.indexOf('=');
  const name = pair.slice(0, Math.max(end, 0));
  const isSecret = end >= 0 && isSecretParameter(decoded(name));
  return isSecret ? `${name}=[redacted]` : pair;
}

/** Graph's own `$skiptoken` says where a list goes on. */
function isSecretParameter(name: string): boolean {
  return SECRET_NAME.test(name) && !/^\$skiptoken$/i.test(name);
}

function withoutPictureId(address: string): string {
  const segments = address.split('/');
  const isAfterQr = (index: number) => decoded(segments[index - 1] ?? '').toLowerCase() === 'qr';
  return segments.map((text, at) => (text && isAfterQr(at) ? '[redacted]' : text)).join('/');
}

/** As the routes read it (WHATWG URL, application/x-www-form-urlencoded): what is malformed stays. */
function decoded(name: string): string {
  if (!/[%+]/.test(name)) return name;
  const [[text] = ['']] = new URLSearchParams(name);
  return text;
}
