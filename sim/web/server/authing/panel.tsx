import { ActButton } from '../../act-button.tsx';
import type { Bench } from '../../bench.ts';
import { ScanForm } from '../../scan/scan-form.tsx';
import { useStore } from '../../store.ts';
import { useWords } from '../../words/index.ts';
import { CodeForm } from '../code-form.tsx';
import { Shortcuts, Steps } from '../steps.tsx';
import { Verdict } from '../verdict.tsx';
import { type Login, MISTAKES, STEPS, type Step } from './flow.ts';

/** Authing: a login page beside the phone that scans it and the token that confirms it. */
export function AuthingPanel({ bench }: { bench: Bench }) {
  const { authing: words } = useWords();
  const { token } = useStore(bench.store);
  const { device } = useStore(bench.known.store);
  const flow = bench.authing;
  const { login } = useStore(flow.store);
  const record = bench.recordOf(token?.name)?.text ?? null;
  const done = doneOf(login);
  const current = STEPS[Math.min(done, STEPS.length - 1)]!;
  return (
    <>
      <Steps
        steps={STEPS}
        names={words.steps}
        done={done}
        stateText={(step) => (step === current && login ? words.states[login.status] : '')}
      />
      <div class="step two-sided">
        <div>
          <p>{words.explains[current]}</p>
          <CurrentStep bench={bench} step={current} key={`${token?.name} ${login?.qrcodeId}`} />
        </div>
        {login && <LoginPage login={login} />}
      </div>
      <Verdict
        attempt={flow.attempt}
        accepted={words.accepted}
        reasons={words.reasons}
        periodSeconds={bench.known.periodSeconds}
      />
      {!bench.known.isUsable && <p class="note">{words.needsToken}</p>}
      <Shortcuts
        attempt={flow.attempt}
        mistakes={MISTAKES}
        names={words.mistakes}
        isPossible={bench.known.isUsable && (device !== null || record !== null)}
        onAll={() => flow.happyPath(record)}
        onMistake={(mistake) => flow.make(mistake, record)}
      />
    </>
  );
}

/** How far a login has come; one that is at its end begins anew. */
function doneOf(login: Login | null): number {
  if (!login) return 0;
  if (login.signedIn !== null) return STEPS.length;
  return { PENDING: 1, SCANNED: 2, AUTHORIZED: 3, CANCELLED: 0, EXPIRED: 0, ERROR: 0 }[
    login.status
  ];
}

function CurrentStep({ bench, step }: { bench: Bench; step: Step }) {
  const { authing: words } = useWords();
  const flow = bench.authing;
  const { login } = useStore(flow.store);
  const button = (label: string, onClick: () => void, kind = 'primary') => (
    <ActButton turn={bench.turn} kind={kind} onClick={onClick}>
      {label}
    </ActButton>
  );
  if (step === 'scan') {
    return (
      <>
        <ScanForm scanner={bench.scanner} onText={(text) => flow.scan(text)} />
        {button(words.scanShown, () => flow.scanShown(), '')}
      </>
    );
  }
  if (step === 'confirm') {
    return (
      <>
        <CodeForm
          bench={bench}
          attempt={flow.attempt}
          label={words.steps.confirm}
          step="confirm"
          onSubmit={(presented) => flow.confirm(presented)}
        />
        {button(words.cancel, () => flow.cancel(), 'quiet flush')}
      </>
    );
  }
  const isOver = login !== null && login.signedIn !== null;
  if (step === 'exchange' && !isOver) return button(words.exchange, () => flow.exchange());
  return button(isOver ? words.again : words.steps.show, () => flow.show());
}

/** What the login page shows to whoever wants to log in. */
function LoginPage({ login }: { login: Login }) {
  const { authing: words } = useWords();
  const { status, picture, scanner, signedIn } = login;
  const isOpen = status === 'PENDING';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no page
    <div class="side-card" role="group" aria-label={words.page}>
      <strong>{words.page}</strong>
      <img class={isOpen ? 'qr' : 'qr faded'} src={picture} alt={words.picture} />
      <small>
        {signedIn === null ? (
          <Naming name={scanner} text={words.pageStates[status](scanner)} />
        ) : (
          <Naming name={signedIn} text={words.signedIn(signedIn)} />
        )}
      </small>
    </div>
  );
}

/** A sentence with a name in it, which is not broken in two as long as it fits on a line. */
function Naming({ text, name }: { text: string; name: string }) {
  if (name === '') return text;
  const [before = '', ...after] = text.split(name);
  return (
    <>
      {before}
      <span class="name">{name}</span>
      {after.join(name)}
    </>
  );
}
