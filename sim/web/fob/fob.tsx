import { useEffect, useRef, useState } from 'preact/hooks';
import type { Key } from '../../../host/token.ts';
import { ActButton } from '../act-button.tsx';
import type { Bench } from '../bench.ts';
import { useOwnClick } from '../own-click.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import { Barcode } from './barcode.tsx';
import { Display } from './display.tsx';

const KEYS: readonly Key[] = ['up', 'left', 'ok', 'right', 'down'];
const KEY_OF_ARROW: Readonly<Record<string, Key>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
const SIGNS: Readonly<Record<Key, string>> = {
  up: '▲',
  down: '▼',
  left: '◀',
  right: '▶',
  ok: 'OK',
};

/** The token as an object: something with a front, a back and five keys. */
export function Fob({ bench }: { bench: Bench }) {
  const { token } = useStore(bench.store);
  if (!token) return <Place bench={bench} />;
  return <Holder bench={bench} key={token.name} />;
}

/** Where a token will be: as large, so that nothing moves when it comes, and nothing like one. */
function Place({ bench }: { bench: Bench }) {
  const { isReady } = useStore(bench.store);
  return <div class="fob place">{isReady && <Invitation bench={bench} />}</div>;
}

function Invitation({ bench }: { bench: Bench }) {
  const { shelf: words } = useWords();
  const { shelf } = useStore(bench.store);
  const isFirst = shelf.length === 0;
  return (
    <>
      <p>
        <strong>{isFirst ? words.empty : words.none}</strong>
      </p>
      <p>{isFirst ? words.emptyWhy : words.choose}</p>
      <ActButton turn={bench.turn} kind="primary" onClick={() => bench.make('totp30')}>
        {words.make}
      </ActButton>
    </>
  );
}

function Holder({ bench }: { bench: Bench }) {
  const words = useWords();
  const [isTurned, setTurned] = useState(false);
  return (
    <div class="holder">
      <div class={isTurned ? 'fob turned' : 'fob'}>
        <Front bench={bench} isHidden={isTurned} />
        <Back bench={bench} isHidden={!isTurned} />
      </div>
      <p class="under">
        <button
          type="button"
          class="quiet flush"
          aria-pressed={isTurned}
          onClick={() => setTurned(!isTurned)}
        >
          {words.token.turn}
        </button>
        <span class="hint">{words.token.hint}</span>
      </p>
    </div>
  );
}

function Front({ bench, isHidden }: { bench: Bench; isHidden: boolean }) {
  const words = useWords();
  const token = useStore(bench.store).token!;
  const press = (key: Key) => bench.act(() => bench.token.press(key));
  const isOwn = useOwnClick();
  const front = useRef<HTMLDivElement>(null);
  const focus = () => front.current!.focus({ preventScroll: true });
  // The hint says that the arrow keys work: so they do, unless something else is being used.
  useEffect(() => {
    if (document.activeElement === document.body) focus();
  }, []);
  const click = (event: MouseEvent, key: Key) => {
    // With the focus on a key, Enter would be that key; one that was pressed by the keyboard keeps it.
    if (event.detail > 0) focus();
    if (isOwn(event, key)) press(key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnKey = event.target instanceof HTMLButtonElement;
    const key = KEY_OF_ARROW[event.key] ?? (event.key === 'Enter' && !isOnKey ? 'ok' : undefined);
    if (key === undefined) return;
    event.preventDefault();
    press(key);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no device
    <div
      ref={front}
      class="side front"
      role="group"
      tabIndex={isHidden ? -1 : 0}
      inert={isHidden}
      aria-label={words.token.front}
      onKeyDown={onKeyDown}
    >
      <span class="brand" aria-hidden="true">
        oathfob
      </span>
      <Display frame={token.frame} text={token.text} />
      <div class="keys">
        {KEYS.map((key) => (
          <button
            type="button"
            key={key}
            class={`key ${key}`}
            aria-label={words.token.keys[key]}
            onClick={(event) => click(event, key)}
          >
            <span aria-hidden="true">{SIGNS[key]}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Back({ bench, isHidden }: { bench: Bench; isHidden: boolean }) {
  const words = useWords();
  const { token, firmware } = useStore(bench.store);
  const serialNumber = token?.info?.serialNumber ?? '';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no device
    <div class="side back" role="group" inert={isHidden} aria-label={words.token.back}>
      <div class="sticker">
        {serialNumber !== '' && <Barcode text={serialNumber} />}
        <dl>
          <dt>{words.token.serial}</dt>
          <dd class="serial">{serialNumber || words.token.noAccount}</dd>
          <dt>{words.token.firmware}</dt>
          <dd>{firmware?.version}</dd>
          <dt>{words.token.hash}</dt>
          <dd class="hash">{firmware?.sha256 || words.token.noHash}</dd>
        </dl>
      </div>
    </div>
  );
}
