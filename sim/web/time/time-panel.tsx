import { useEffect, useState } from 'preact/hooks';
import { Toggle } from '../act-button.tsx';
import type { Bench } from '../bench.ts';
import { worldSeconds } from '../protocol.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';

/** What the display says then (assembly/screen/words.txt). */
const WENT_BACK = 'CLOCK WENT BACK';

/** The one clock of token and server. */
export function TimePanel({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const { world } = useStore(bench.time.store);
  const now = useNow(() => worldSeconds(world));
  const { time } = bench;
  const account = token?.info?.credentials[0];
  // The next code of a token by presses does not come with time.
  const isByTime = account?.type !== 'hotp';
  const stop = (earlySeconds: number) =>
    bench.act(() =>
      time.stopAtNextStep(account?.periodSeconds ?? 30, token?.driftSeconds ?? 0, earlySeconds),
    );
  return (
    <section class="card time" aria-labelledby="time-title">
      <header>
        <h2 id="time-title">{words.time.title}</h2>
        <p class="lead">{words.time.one}</p>
      </header>
      <p class="clock" data-running={world.isRunning}>
        <time dateTime={new Date(now * 1000).toISOString()}>
          <strong>{timeText(now, words.locale)}</strong>
          <br />
          {dateText(now, words.locale)}
        </time>
        <span>{world.isRunning ? words.time.running : words.time.paused}</span>
        <Ahead seconds={now - Math.floor(Date.now() / 1000)} />
      </p>
      <div class="row">
        <Toggle
          isDisabled={!token}
          onClick={() => bench.act(() => (world.isRunning ? time.pause() : time.run()))}
        >
          {world.isRunning ? words.time.pause : words.time.run}
        </Toggle>
        {isByTime && (
          <button type="button" disabled={!token} onClick={() => stop(1)}>
            {words.time.before}
          </button>
        )}
        {isByTime && (
          <button type="button" disabled={!token} onClick={() => stop(0)}>
            {words.time.next}
          </button>
        )}
        <button
          type="button"
          class="quiet"
          disabled={!token}
          onClick={() => bench.act(() => time.present())}
        >
          {words.time.present}
        </button>
      </div>
      {token?.text.includes(WENT_BACK) && <p class="note">{words.time.wentBack}</p>}
    </section>
  );
}

/** How far the world is from this computer's time, unless it hardly is. */
function Ahead({ seconds }: { seconds: number }) {
  const words = useWords();
  if (Math.abs(seconds) < 2) return null;
  const duration = words.time.duration(Math.abs(seconds));
  return <span>{seconds > 0 ? words.time.ahead(duration) : words.time.behind(duration)}</span>;
}

const LOOK_MILLISECONDS = 200;

/** A time that goes on, looked at often enough not to skip a second. */
function useNow(read: () => number): number {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look(read()), LOOK_MILLISECONDS);
    return () => clearInterval(timer);
  });
  return read();
}

function timeText(seconds: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(seconds * 1000);
}

function dateText(seconds: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(seconds * 1000);
}
