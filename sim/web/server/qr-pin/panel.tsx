import { useState } from 'preact/hooks';
import { ActButton } from '../../act-button.tsx';
import type { Bench } from '../../bench.ts';
import { ScanForm } from '../../scan/scan-form.tsx';
import { useStore } from '../../store.ts';
import { useWords } from '../../words/index.ts';
import { PinField } from '../pin-field.tsx';
import { Shortcuts, Steps } from '../steps.tsx';
import { Verdict } from '../verdict.tsx';
import { type Badge, MISTAKES, type QrPinState, STEPS, type Step } from './flow.ts';

/** QR code and PIN: a badge, and a shared device that it is held before. */
export function QrPinPanel({ bench }: { bench: Bench }) {
  const { qrPin: words } = useWords();
  const flow = bench.qrPin;
  const state = useStore(flow.store);
  const done = doneOf(state);
  const current = STEPS[Math.min(done, STEPS.length - 1)]!;
  return (
    <>
      <Steps
        steps={STEPS}
        names={words.steps}
        done={done}
        stateText={(step) => (step === current ? words.states[current] : '')}
      />
      <div class="step two-sided">
        <div>
          <p>{words.explains[current]}</p>
          <CurrentStep bench={bench} step={current} key={`${current} ${state.badge?.content}`} />
        </div>
        {state.badge && <BadgeCard badge={state.badge} name={bench.person.name} />}
      </div>
      <Verdict attempt={flow.attempt} accepted={words.accepted} reasons={words.reasons} />
      <Shortcuts
        attempt={flow.attempt}
        mistakes={MISTAKES}
        names={words.mistakes}
        onAll={() => flow.happyPath()}
        onMistake={(mistake) => flow.make(mistake)}
      />
    </>
  );
}

function doneOf({ badge, scanned, hasSignedIn }: QrPinState): number {
  if (!badge) return 0;
  if (scanned === '') return 1;
  if (badge.firstPin !== null) return 2;
  return hasSignedIn ? 4 : 3;
}

function CurrentStep({ bench, step }: { bench: Bench; step: Step }) {
  const { qrPin: words } = useWords();
  const flow = bench.qrPin;
  if (step === 'issue') {
    return (
      <ActButton turn={bench.turn} kind="primary" onClick={() => flow.issue()}>
        {words.steps.issue}
      </ActButton>
    );
  }
  if (step === 'scan') {
    return (
      <>
        <ScanForm scanner={bench.scanner} onText={(text) => flow.scan(text)} />
        <button type="button" onClick={() => flow.scanShown()}>
          {words.scanShown}
        </button>
      </>
    );
  }
  return <PinForm bench={bench} isFirst={step === 'choose'} />;
}

/** The keypad of the shared device. Fields that stay empty are filled in by the page. */
function PinForm({ bench, isFirst }: { bench: Bench; isFirst: boolean }) {
  const { qrPin: words } = useWords();
  const flow = bench.qrPin;
  const [pin, setPin] = useState('');
  const [newPin, setNewPin] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    await (isFirst ? flow.choose(pin, newPin) : flow.signIn(pin));
    setPin('');
    setNewPin('');
  };
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      <PinField label={words.pin} value={pin} onInput={setPin} />
      {isFirst && <PinField label={words.newPin} value={newPin} onInput={setNewPin} />}
      <ActButton turn={bench.turn} kind="primary">
        {words.steps[isFirst ? 'choose' : 'signIn']}
      </ActButton>
      <small>{isFirst ? words.emptyFirst : words.empty}</small>
    </form>
  );
}

/** What somebody carries around the neck, with the first PIN on a slip of paper. */
function BadgeCard({ badge, name }: { badge: Badge; name: string }) {
  const { qrPin: words } = useWords();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no badge
    <div class="side-card" role="group" aria-label={words.badge}>
      <strong>{words.badge}</strong>
      <img class="qr" src={badge.picture} alt={words.picture} />
      <small>{name}</small>
      {badge.firstPin !== null && <small>{words.firstPin(badge.firstPin)}</small>}
    </div>
  );
}
