import { useState } from 'preact/hooks';
import type { Bench } from '../bench.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import { Exchanges } from './exchanges.tsx';
import { type HardwareOathState, MISTAKES } from './hardware-oath.ts';
import { Verdict } from './verdict.tsx';

const STEPS = ['upload', 'activate', 'signIn'] as const;
type Step = (typeof STEPS)[number];

/** The server: the life of this token there, one step after the other, right or wrong. */
export function ServerPanel({ bench }: { bench: Bench }) {
  const words = useWords();
  const { link } = useStore(bench.server.store);
  return (
    <section class="card server" aria-labelledby="server-title">
      <header>
        <h2 id="server-title">{words.server.title}</h2>
        <p class="lead">{words.server.dialect}</p>
      </header>
      {link === 'away' && <p class="problem">{words.server.away}</p>}
      {link === 'tokenNeeded' && <Connect bench={bench} />}
      {link === 'open' && <HardwareOathFlow bench={bench} />}
      {link === 'open' && <Exchanges client={bench.server} />}
    </section>
  );
}

function HardwareOathFlow({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const flow = useStore(bench.hardwareOath.store);
  const account = token?.info?.credentials[0];
  if (!token) return null;
  if (account?.type === 'hotp') return <p class="note">{words.server.hotp}</p>;
  const done = doneOf(flow);
  const current = STEPS[Math.min(done, STEPS.length - 1)]!;
  return (
    <>
      <ol class="steps">
        {STEPS.map((step, index) => (
          <li
            key={step}
            class={index < done ? 'done' : ''}
            aria-current={step === current ? 'step' : undefined}
          >
            <span class="mark" aria-hidden="true">
              {index < done ? '✓' : index + 1}
            </span>
            <strong>{words.server.steps[step]}</strong>
            <small>{index < done ? words.server.done : stateText(flow, step, words)}</small>
          </li>
        ))}
      </ol>
      <CurrentStep bench={bench} step={current} key={`${token.name} ${current}`} />
      <Shortcuts bench={bench} />
      <Verdict flow={flow} periodSeconds={account?.periodSeconds ?? 30} />
    </>
  );
}

function doneOf({ device, hasSignedIn }: HardwareOathState): number {
  if (!device) return 0;
  if (device.status !== 'activated') return 1;
  return hasSignedIn ? 3 : 2;
}

/** What the server says of the token, beside the step that it is at. */
function stateText(
  { device }: HardwareOathState,
  step: Step,
  { server }: ReturnType<typeof useWords>,
): string {
  if (step === 'upload') return server.states.unknown;
  if (step === 'activate') return device ? server.states[device.status] : '';
  return device && device.driftSteps !== 0 ? server.driftKnown(device.driftSteps) : '';
}

function CurrentStep({ bench, step }: { bench: Bench; step: Step }) {
  const words = useWords();
  return (
    <div class="step">
      <p>{words.server.explains[step]}</p>
      {step === 'upload' ? <Upload bench={bench} /> : <CodeForm bench={bench} step={step} />}
    </div>
  );
}

function Upload({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const { isBusy } = useStore(bench.hardwareOath.store);
  const record = bench.recordOf(token?.name);
  if (record) {
    return (
      <button
        type="button"
        class="primary"
        disabled={isBusy}
        onClick={() => bench.hardwareOath.upload(record.text)}
      >
        {words.server.uploadButton}
      </button>
    );
  }
  return (
    <>
      <p class="note">{words.server.noRecord}</p>
      <label class="file">
        {words.server.chooseRecord}
        <input
          type="file"
          accept=".json,application/json"
          disabled={isBusy}
          onChange={async ({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) await bench.uploadRecord(file);
          }}
        />
      </label>
    </>
  );
}

function CodeForm({ bench, step }: { bench: Bench; step: 'activate' | 'signIn' }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const { isBusy } = useStore(bench.hardwareOath.store);
  const [typed, setTyped] = useState('');
  const [serial, setSerial] = useState(bench.hardwareOath.serialNumber);
  const submit = async (event: Event) => {
    event.preventDefault();
    const code = typed === '' ? (bench.store.state.token?.code ?? '') : typed;
    await bench.hardwareOath[step](serial, code);
    setTyped('');
  };
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      <label>
        {words.server.serial}
        <input value={serial} onInput={({ currentTarget }) => setSerial(currentTarget.value)} />
      </label>
      <label>
        {words.server.code}
        <input
          class="code"
          inputMode="numeric"
          placeholder={token?.code ?? ''}
          aria-describedby="from-display"
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        {step === 'activate' ? words.server.activateButton : words.server.signInButton}
      </button>
      <small id="from-display">{words.server.fromDisplay}</small>
    </form>
  );
}

/** The whole way, or one of the mistakes that everybody makes. */
function Shortcuts({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const { device, isBusy } = useStore(bench.hardwareOath.store);
  const record = bench.recordOf(token?.name)?.text ?? null;
  const isPossible = !isBusy && (device !== null || record !== null);
  const flow = bench.hardwareOath;
  return (
    <div class="row shortcuts">
      <button type="button" disabled={!isPossible} onClick={() => flow.happyPath(record)}>
        {words.server.all}
      </button>
      <span>{words.server.or}</span>
      {MISTAKES.map((mistake) => (
        <button
          type="button"
          class="quiet"
          key={mistake}
          disabled={!isPossible}
          onClick={() => flow.make(mistake, record)}
        >
          {words.server.mistakes[mistake]}
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
