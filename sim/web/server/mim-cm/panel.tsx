import { useEffect, useState } from 'preact/hooks';
import { ActButton } from '../../act-button.tsx';
import type { Bench } from '../../bench.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../words/index.ts';
import { PinField } from '../pin-field.tsx';
import { Shortcuts, Steps } from '../steps.tsx';
import { Verdict } from '../verdict.tsx';
import { STEPS, type Step } from './card.ts';
import { MISTAKES } from './flow.ts';

/** MIM CM: the token as a smart card, from its enrolment to the PIN that opens it. */
export function MimCmPanel({ bench }: { bench: Bench }) {
  const { server, mimCm: words } = useWords();
  const { token } = useStore(bench.store);
  const flow = bench.mimCm;
  const { done, pin } = useStore(flow.store);
  const name = token?.name;
  useEffect(() => {
    flow.look();
  }, [flow, name]);
  if (!token) return <p class="note">{server.noToken}</p>;
  const current = STEPS[Math.min(done, STEPS.length - 1)]!;
  return (
    <>
      <Steps
        steps={STEPS}
        names={words.steps}
        done={done}
        stateText={(step) => (step === current ? words.states[current] : '')}
      />
      <div class="step">
        <p>{words.explains[current]}</p>
        {pin !== null && <p class="note">{words.proposedPin(pin)}</p>}
        <CurrentStep bench={bench} step={current} key={`${token.name} ${current}`} />
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

function CurrentStep({ bench, step }: { bench: Bench; step: Step }) {
  const { mimCm: words } = useWords();
  const flow = bench.mimCm;
  const { hasPin } = useStore(flow.store);
  const [pin, setPin] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const acts: Readonly<Record<Step, () => Promise<boolean>>> = {
      enroll: () => flow.enroll(),
      key: () => flow.changeKey(),
      pin: () => flow.takePin(pin),
      open: () => flow.open(pin),
    };
    await acts[step]();
    setPin('');
  };
  const asksForPin = step === 'open' || (step === 'pin' && hasPin);
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      {asksForPin && (
        <PinField
          label={step === 'open' ? words.pin : words.currentPin}
          value={pin}
          onInput={setPin}
        />
      )}
      <ActButton turn={bench.turn} kind="primary">
        {words.steps[step]}
      </ActButton>
      {step === 'open' && (
        <ActButton turn={bench.turn} onClick={() => flow.retire(pin)}>
          {words.retire}
        </ActButton>
      )}
      {step === 'open' && <small>{bench.known.pin === '' ? words.unknown : words.empty}</small>}
    </form>
  );
}
