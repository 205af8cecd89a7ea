import { useMemo, useState } from 'preact/hooks';
import type { FlashMap, FlashPage, FlashRecord } from '../../board/flash-map.ts';
import { PAGE_WORDS, readFlashMap } from '../../board/flash-map.ts';
import { meaningOf } from '../../board/flash-record.ts';
import type { Bench } from '../bench.ts';
import type { TokenState } from '../protocol.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';

const BAR_HEIGHT = 20;
const LEGEND = ['live', 'dead', 'tally', 'spent', 'free'] as const;
/** Pages in which no record can be read, and their states. */
const UNREADABLE = ['damaged', 'debris'] as const;
/** From here on the keys lead from record to record. */
const STEP_OF_KEY: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/** The flash as it is: every page, every record, and what was written last. */
export function FlashPanel({ bench }: { bench: Bench }) {
  const words = useWords();
  const { image, token } = useStore(bench.store);
  const map = useMemo(() => (image ? readFlashMap(image) : null), [image]);
  const [chosen, choose] = useState<string | null>(null);
  if (!map || !token) return null;
  const records = map.pages.flatMap(({ records: each }) => each);
  const written = recordAt(records, token.lastWrite);
  const shown = records.find((record) => idOf(record) === chosen) ?? written;
  const move = (event: KeyboardEvent) => {
    const step = STEP_OF_KEY[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = shown ? records.indexOf(shown) : -1;
    const next = records[Math.min(records.length - 1, Math.max(0, from + step))];
    if (next) choose(idOf(next));
  };
  return (
    <section class="card flash" aria-labelledby="flash-title">
      <header>
        <h2 id="flash-title">{words.flash.title}</h2>
        <p class="lead">{words.flash.lead(map.liveWords, map.turns)}</p>
      </header>
      <ul class="legend" aria-hidden="true">
        {LEGEND.map((kind) => (
          <li key={kind} class={kind}>
            {words.flash.legend[kind]}
          </li>
        ))}
        {UNREADABLE.filter((state) => map.pages.some((page) => page.state === state)).map(
          (state) => (
            <li key={state} class={state}>
              {words.flash.states[state]}
            </li>
          ),
        )}
      </ul>
      <div
        class="pages"
        role="listbox"
        tabIndex={0}
        aria-label={words.flash.map}
        aria-activedescendant={shown ? idOf(shown) : undefined}
        onKeyDown={move}
        onPointerLeave={() => choose(null)}
        onBlur={() => choose(null)}
      >
        {map.pages.map((page) => (
          <Page key={page.index} page={page} token={token} shown={shown} choose={choose} />
        ))}
      </div>
      <RecordText record={shown} isLastWrite={shown !== undefined && shown === written} map={map} />
    </section>
  );
}

interface PageProperties {
  readonly page: FlashPage;
  readonly token: TokenState;
  readonly shown: FlashRecord | undefined;
  readonly choose: (id: string) => void;
}

function Page({ page, token, shown, choose }: PageProperties) {
  const words = useWords();
  const { index, state, sequence, records } = page;
  const lastWord = token.lastWrite === null ? -1 : token.lastWrite.address / 4 - index * PAGE_WORDS;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options
    <div
      class={`page ${state}`}
      role="group"
      aria-label={words.flash.page(index, words.flash.states[state])}
    >
      <span class="page-name" aria-hidden="true">
        {index}
        <small>{words.flash.wear(sequence, token.erases[index] ?? 0)}</small>
      </span>
      <svg
        viewBox={`0 0 ${PAGE_WORDS} ${BAR_HEIGHT}`}
        preserveAspectRatio="none"
        role="presentation"
      >
        {sequence !== null && <rect class="header" width={HEADER_WORDS} height={BAR_HEIGHT} />}
        {records.map((record) => (
          <RecordBar
            key={record.start}
            record={record}
            isShown={record === shown}
            choose={() => choose(idOf(record))}
          />
        ))}
        {lastWord >= 0 && lastWord < PAGE_WORDS && (
          <rect class="last-write" x={lastWord} y={BAR_HEIGHT - 3} width={2} height={3} />
        )}
      </svg>
    </div>
  );
}

/** Words of a page before its first record. */
const HEADER_WORDS = 5;

interface BarProperties {
  readonly record: FlashRecord;
  readonly isShown: boolean;
  readonly choose: () => void;
}

function RecordBar({ record, isShown, choose }: BarProperties) {
  const words = useWords();
  const { start, words: size, state, tally, spent } = record;
  const date = useDate();
  const first = start + size - tally;
  return (
    <g
      id={idOf(record)}
      class={`record ${state}`}
      role="option"
      aria-selected={isShown}
      aria-label={words.flash.meaning(meaningOf(record), date)}
      onPointerEnter={choose}
      onClick={choose}
    >
      <rect class="body" x={start + 0.25} width={size - tally - 0.5} height={BAR_HEIGHT} />
      {tally > 0 && <rect class="tally" x={first} width={tally - 0.25} height={BAR_HEIGHT} />}
      {spent > 0 && <rect class="spent" x={first} width={spent - 0.25} height={BAR_HEIGHT} />}
      {isShown && <rect class="frame" x={start} width={size} height={BAR_HEIGHT} />}
    </g>
  );
}

interface TextProperties {
  readonly record: FlashRecord | undefined;
  readonly isLastWrite: boolean;
  readonly map: FlashMap;
}

function RecordText({ record, isLastWrite, map }: TextProperties) {
  const words = useWords();
  const date = useDate();
  if (!record) {
    const isDamaged = map.pages.some((page) => page.state === 'damaged');
    return <p class="about">{isDamaged ? words.problems.DAMAGED : words.flash.empty}</p>;
  }
  const { state } = map.pages[record.page]!;
  return (
    <p class="about">
      {isLastWrite && <em>{words.flash.lastWrite}</em>}
      <strong>{words.flash.meaning(meaningOf(record), date)}</strong>
      <span>{words.flash.recordStates[record.state]}</span>
      <small>
        {words.flash.size(record.words, words.flash.page(record.page, words.flash.states[state]))}
      </small>
    </p>
  );
}

function useDate(): (seconds: number) => string {
  const { locale } = useWords();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (seconds) => format.format(seconds * 1000);
}

function idOf({ page, start }: FlashRecord): string {
  return `record-${page}-${start}`;
}

/** The record that a flash operation wrote to. */
function recordAt(
  records: readonly FlashRecord[],
  write: TokenState['lastWrite'],
): FlashRecord | undefined {
  if (write === null) return undefined;
  const word = write.address / 4;
  return records.find(({ page, start, words }) => {
    const first = page * PAGE_WORDS + start;
    return word >= first && word < first + words;
  });
}
