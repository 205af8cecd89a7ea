/**
 * The line on which the page hears what others do to the server. It is up as long as somebody looks at
 * the page: a browser has six lines to a host (HTTP/1.1), and if pages that nobody looks at had them
 * all, the next one would never load. One that ends is taken up again, and what was missed is read.
 */
import type { LoggedRequest } from './client.ts';
import { readEvents } from './events.ts';

export interface LineEnd {
  /** The server's events, or null when they cannot be had now. */
  connect(signal: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  isAway(): boolean;
  readLog(query: string): Promise<readonly LoggedRequest[]>;
  /** @param isLate  what it has changed is known by now */
  heard(logged: LoggedRequest, isLate: boolean): void;
  /** What was heard before may be all that is known of the server. */
  isUp(): void;
}

const RETRY_MILLISECONDS = 2_000;
/** As often as a server that stays away is asked for. */
const MOST_RETRY_MILLISECONDS = 8_000;
/** As many entries of its log as the server hands out at once. */
const MOST_MISSED = 1_000;

export class EventLine {
  readonly #end: LineEnd;
  #cut = new AbortController();
  /** Of the last request that was heard of; null before the line was up. */
  #lastSequence: number | null = null;

  constructor(end: LineEnd) {
    this.#end = end;
  }

  /** Ends the line that is up, if there is one: it is taken up again after a while. */
  drop(): void {
    this.#cut.abort();
  }

  /** Listens, as long as the page is open. */
  async listen(): Promise<never> {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.drop();
    });
    let pause = RETRY_MILLISECONDS;
    for (;;) {
      await isLookedAt();
      await this.#follow();
      const isAway = this.#end.isAway();
      pause = isAway ? Math.min(2 * pause, MOST_RETRY_MILLISECONDS) : RETRY_MILLISECONDS;
      // Somebody who looks at the page again does not wait.
      if (!document.hidden) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Until the stream ends. */
  async #follow(): Promise<void> {
    this.#cut = new AbortController();
    const stream = await this.#end.connect(this.#cut.signal);
    if (!stream) return;
    this.#end.isUp();
    try {
      const caughtUp = await this.#catchUp();
      await readEvents(stream, (data) => {
        const logged: LoggedRequest = JSON.parse(data);
        if (logged.sequence > caughtUp) this.#end.heard(logged, false);
        this.#lastSequence = logged.sequence;
      });
    } catch {
      // The line broke, or was cut.
    }
  }

  /**
   * Reads what was missed while the line was down; events of it may come on the new line as well.
   * @returns the last of what was read, 0 for nothing
   */
  async #catchUp(): Promise<number> {
    const after = this.#lastSequence;
    const query = after === null ? 'limit=1' : `after=${after}&limit=${MOST_MISSED}`;
    const entries = await this.#end.readLog(query);
    const caughtUp = entries.at(-1)?.sequence ?? 0;
    if (after !== null) for (const logged of entries) this.#end.heard(logged, true);
    this.#lastSequence = caughtUp || (after ?? 0);
    return caughtUp;
  }
}

/** Settled as soon as the page is in somebody's sight. */
async function isLookedAt(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) => {
      document.addEventListener('visibilitychange', resolve, { once: true });
    });
  }
}
