/**
 * The request log as it is written, by server-sent events (WHATWG HTML §9.2): what a page shows of
 * what others do. An event is a log entry and nothing else, so that seeds, PINs, tokens and codes
 * are out of it where they are out of the log (store/log.ts).
 */
import type { Answer, Exchange } from '../exchange.ts';
import type { LogEntry, RequestLog } from '../store/log.ts';

/** A reader who is behind by so many events is let go, and may come back: nothing piles up here. */
const MOST_UNREAD = 256;
const encoder = new TextEncoder();

/** Answers with a stream of everything that is logged from now on. */
export function followLog({ events, log }: Exchange): Answer {
  return { status: 200, headers: HEADERS, stream: events.open(log) };
}

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // A line that has been listened on to the end is not kept for another request.
  Connection: 'close',
};

/** Streams that are open, to be ended before the server is. */
export class EventStreams {
  readonly #open = new Set<() => void>();

  open(log: RequestLog): ReadableStream<Uint8Array> {
    let end = () => {};
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const stopTelling = log.subscribe((entry) => {
            if ((controller.desiredSize ?? 0) > 0) controller.enqueue(eventOf(entry));
            else finish();
          });
          end = () => {
            stopTelling();
            this.#open.delete(finish);
          };
          const finish = () => {
            end();
            controller.close();
          };
          this.#open.add(finish);
          // The first bytes tell the reader that the line is up.
          controller.enqueue(encoder.encode(': listening\n\n'));
        },
        cancel: () => end(),
      },
      { highWaterMark: MOST_UNREAD },
    );
  }

  /** Ends all of them. */
  close(): void {
    for (const finish of [...this.#open]) finish();
  }
}

function eventOf(entry: LogEntry): Uint8Array {
  return encoder.encode(`id: ${entry.sequence}\ndata: ${JSON.stringify(entry)}\n\n`);
}
