import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import type { Attempt, Outcome } from './attempt.ts';

/** Below this, a code that means nothing is hardly ever explained. */
const RARE = 1 / 5_000;

interface VerdictProperties {
  readonly attempt: Attempt;
  /** What to say of a step that was accepted. */
  readonly accepted: Readonly<Record<string, string>>;
  /** Why something is refused, by the name of the refusal. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Of the token whose codes are explained. */
  readonly periodSeconds?: number;
}

/** What came of the last thing that was tried, and why. */
export function Verdict({ attempt, accepted, reasons, periodSeconds = 30 }: VerdictProperties) {
  const words = useWords();
  const { outcome } = useStore(attempt.store);
  const kind = outcome?.isAccepted ? 'accepted' : 'refused';
  return (
    <div class="verdict" role="status">
      {outcome && (
        <div class={kind} key={outcome.id}>
          <p>
            <strong>
              <span aria-hidden="true">{outcome.isAccepted ? '✓ ' : '✗ '}</span>
              {outcome.isAccepted ? accepted[outcome.step] : words.server.refused}
            </strong>{' '}
            <span lang="en">{outcome.message}</span>
          </p>
          <Why outcome={outcome} reasons={reasons} periodSeconds={periodSeconds} />
        </div>
      )}
    </div>
  );
}

interface WhyProperties extends Pick<VerdictProperties, 'reasons'> {
  readonly outcome: Outcome;
  readonly periodSeconds: number;
}

function Why({ outcome, reasons, periodSeconds }: WhyProperties) {
  const words = useWords();
  const { reason, explanation } = outcome;
  if (!explanation) return reasons[reason] ? <p class="why">{reasons[reason]}</p> : null;
  const { accident } = explanation;
  const source = { periodSeconds, type: 'totp' } as const;
  return (
    <p class="why">
      {words.explain(explanation, source)}
      {accident > RARE && <small>{words.server.rare(String(Math.round(1 / accident)))}</small>}
    </p>
  );
}
