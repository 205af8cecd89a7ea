import type { Bench } from '../../bench.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../words/index.ts';
import { CodeForm } from '../code-form.tsx';
import type { Device } from '../known-token.ts';
import { Shortcuts, Steps } from '../steps.tsx';
import { Verdict } from '../verdict.tsx';
import { MISTAKES, STEPS, type Step } from './flow.ts';

/** Hardware OATH: the life of this token at Graph, one step after the other, right or wrong. */
export function HardwareOathPanel({ bench }: { bench: Bench }) {
  const { server, hardwareOath: words } = useWords();
  const { token } = useStore(bench.store);
  const { device } = useStore(bench.known.store);
  const { hasSignedIn } = useStore(bench.hardwareOath.store);
  const account = token?.info?.credentials[0];
  if (!token) return <p class="note">{server.noToken}</p>;
  if (account?.type === 'hotp') return <p class="note">{words.hotp}</p>;
  const flow = bench.hardwareOath;
  const done = doneOf(device, hasSignedIn);
  const current = STEPS[Math.min(done, STEPS.length - 1)]!;
  const record = bench.recordOf(token.name)?.text ?? null;
  return (
    <>
      <Steps
        steps={STEPS}
        names={words.steps}
        done={done}
        stateText={(step) => stateText(device, step as Step, words)}
      />
      <div class="step" key={`${token.name} ${current}`}>
        <p>{words.explains[current]}</p>
        {current === 'upload' ? (
          <Upload bench={bench} />
        ) : (
          <CodeForm
            bench={bench}
            attempt={flow.attempt}
            label={words.steps[current]}
            step={current}
            onSubmit={(presented) => flow[current](presented)}
          />
        )}
      </div>
      <Shortcuts
        attempt={flow.attempt}
        mistakes={MISTAKES}
        names={words.mistakes}
        isPossible={device !== null || record !== null}
        onAll={() => flow.happyPath(record)}
        onMistake={(mistake) => flow.make(mistake, record)}
      />
      <Verdict
        attempt={flow.attempt}
        accepted={words.accepted}
        reasons={words.reasons}
        periodSeconds={account?.periodSeconds ?? 30}
      />
    </>
  );
}

function doneOf(device: Device | null, hasSignedIn: boolean): number {
  if (!device) return 0;
  if (device.status !== 'activated') return 1;
  return hasSignedIn ? 3 : 2;
}

/** What the server says of the token, beside the step that it is at. */
function stateText(
  device: Device | null,
  step: Step,
  words: ReturnType<typeof useWords>['hardwareOath'],
): string {
  if (step === 'upload') return words.states.unknown;
  if (step === 'activate') return device ? words.states[device.status] : '';
  return device && device.driftSteps !== 0 ? words.driftKnown(device.driftSteps) : '';
}

function Upload({ bench }: { bench: Bench }) {
  const { hardwareOath: words } = useWords();
  const { token } = useStore(bench.store);
  const { isBusy } = useStore(bench.hardwareOath.attempt.store);
  const record = bench.recordOf(token?.name);
  if (record) {
    return (
      <button
        type="button"
        class="primary"
        disabled={isBusy}
        onClick={() => bench.hardwareOath.upload(record.text)}
      >
        {words.uploadButton}
      </button>
    );
  }
  return (
    <>
      <p class="note">{words.noRecord}</p>
      <label class="file">
        {words.chooseRecord}
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
