import { useEffect, useRef } from 'preact/hooks';
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
  const place = useRef<HTMLDivElement>(null);
  const seen = useRef(outcome?.id);
  useEffect(() => {
    // One that was there when the panel was opened is no news.
    if (outcome && outcome.id !== seen.current) comeIntoSight(place.current!);
    seen.current = outcome?.id;
  }, [outcome]);
  const kind = outcome?.isAccepted ? 'accepted' : 'refused';
  return (
    <div class="verdict" role="status" ref={place}>
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

/** The page moves as little as it has to, and at once for whoever wants no motion. */
function comeIntoSight(element: HTMLElement): void {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'nearest', behavior: isStill ? 'auto' : 'smooth' });
}

interface WhyProperties extends Pick<VerdictProperties, 'reasons'> {
  readonly outcome: Outcome;
  readonly periodSeconds: number;
}

function Why({ outcome, reasons, periodSeconds }: WhyProperties) {
  const words = useWords();
  const { reason, explanation } = outcome;
  if (outcome.isAccepted) return null;
  if (!explanation) {
    const { server, problems } = words;
    const other = outcome.isServers ? server.otherReason : (problems[reason] ?? problems.token);
    return <p class="why">{reasons[reason] ?? server.reasons[reason] ?? other}</p>;
  }
  const { accident } = explanation;
  const source = { periodSeconds, type: 'totp' } as const;
  return (
    <p class="why">
      {words.explain(explanation, source)}
      {accident > RARE && <small>{words.server.rare(String(Math.round(1 / accident)))}</small>}
    </p>
  );
}
