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

/** Deliberately wide: a secret sent under a mistyped name must not be readable either. */
const SECRET_NAME = /secret|code|token|key|seed|pin|password/i;
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
  #pending: LogEntry[] = [];
  #lastSequence: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(persistence: Persistence, snapshot: Snapshot) {
    this.#persistence = persistence;
    this.#lastSequence = snapshot.lastLogSequence;
  }

  add(entry: Omit<LogEntry, 'sequence'>): void {
    this.#lastSequence += 1;
    const full = entry as LogEntry;
    full.sequence = this.#lastSequence;
    this.#pending.push(full);
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
    const chunks = this.#persistence.readLog(after).map((json) => JSON.parse(json) as LogEntry[]);
    const oldest = Math.max(after, this.#lastSequence - MAX_ENTRIES);
    return chunks
      .flat()
      .filter((entry) => entry.sequence > oldest)
      .slice(0, limit);
  }

  clear(): void {
    this.#pending = [];
    this.#lastSequence = 0;
  }

  /** Hands the pending entries to the database; a database that fails costs lines, not requests. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const lastSequence = this.#lastSequence;
    const json = JSON.stringify(this.#pending, redact);
    this.#pending = [];
    try {
      const forgetThrough = lastSequence - MAX_ENTRIES;
      this.#persistence.appendLog({ lastSequence, json, forgetThrough });
    } catch {
      // The next request that changes state meets the same database and reports it.
    }
  }
}

/** JSON.stringify replacer that keeps the name and drops the value nobody may read back. */
function redact(name: string, value: unknown): unknown {
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && SECRET_NAME.test(name) ? '[redacted]' : value;
}
