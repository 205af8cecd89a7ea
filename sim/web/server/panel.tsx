import { useRef, useState } from 'preact/hooks';
import type { Bench } from '../bench.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import { AuthingPanel } from './authing/panel.tsx';
import { Exchanges } from './exchanges.tsx';
import { HardwareOathPanel } from './hardware-oath/panel.tsx';
import { MimCmPanel } from './mim-cm/panel.tsx';
import { QrPinPanel } from './qr-pin/panel.tsx';

/** A panel for each dialect of the server. */
const PANELS = {
  hardwareOath: HardwareOathPanel,
  qrPin: QrPinPanel,
  authing: AuthingPanel,
  mimCm: MimCmPanel,
} as const;
type Dialect = keyof typeof PANELS;
const DIALECTS = Object.keys(PANELS) as Dialect[];

/** The keys of a list of tabs (WAI-ARIA Authoring Practices, "Tabs"). */
const STEP_OF_KEY: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** The server: what can be done there in each of its dialects, and every request that was made. */
export function ServerPanel({ bench }: { bench: Bench }) {
  const words = useWords();
  const { link } = useStore(bench.server.store);
  const [dialect, choose] = useState<Dialect>('hardwareOath');
  const Panel = PANELS[dialect];
  return (
    <section class="card server" aria-labelledby="server-title">
      <header>
        <h2 id="server-title">{words.server.title}</h2>
        <div class="leads">
          {DIALECTS.map((each) => (
            <p class="lead" key={each} aria-hidden={each !== dialect || undefined}>
              {words[each].lead}
            </p>
          ))}
        </div>
      </header>
      {link === 'away' && <p class="problem">{words.server.away}</p>}
      {link === 'tokenNeeded' && <Connect bench={bench} />}
      {link === 'open' && (
        <>
          <Dialects dialect={dialect} choose={choose} />
          <div class="panel" role="tabpanel" id="dialect" aria-labelledby={`tab-${dialect}`}>
            <Panel bench={bench} />
          </div>
          <Exchanges client={bench.server} />
        </>
      )}
    </section>
  );
}

interface DialectsProperties {
  readonly dialect: Dialect;
  readonly choose: (dialect: Dialect) => void;
}

function Dialects({ dialect, choose }: DialectsProperties) {
  const words = useWords();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = STEP_OF_KEY[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = (DIALECTS.indexOf(dialect) + step + DIALECTS.length) % DIALECTS.length;
    choose(DIALECTS[index]!);
    list.current!.querySelectorAll('button')[index]!.focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={words.server.dialects}>
      {DIALECTS.map((each) => (
        <button
          type="button"
          key={each}
          role="tab"
          id={`tab-${each}`}
          aria-selected={each === dialect}
          aria-controls="dialect"
          tabIndex={each === dialect ? 0 : -1}
          onClick={() => choose(each)}
          onKeyDown={move}
        >
          {words[each].name}
        </button>
      ))}
    </div>
  );
}

function Connect({ bench }: { bench: Bench }) {
  const words = useWords();
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const connect = async (event: Event) => {
    event.preventDefault();
    setWrong(!(await bench.connect(text.trim())));
  };
  return (
    <form class="row" onSubmit={connect} autocomplete="off">
      <p>{words.server.tokenNeeded}</p>
      <label>
        {words.server.bearer}
        <input
          type="password"
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        {words.server.connect}
      </button>
      {isWrong && <p role="alert">{words.server.wrongBearer}</p>}
    </form>
  );
}
