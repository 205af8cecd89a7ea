import { useWords } from '../words/index.ts';
import type { HardwareOathState } from './hardware-oath.ts';

/** Below this, a code that means nothing is hardly ever explained. */
const RARE = 1 / 5_000;

/** What came of the last thing that was tried, and why. */
export function Verdict(props: { flow: HardwareOathState; periodSeconds: number }) {
  const words = useWords();
  const { outcome } = props.flow;
  const kind = outcome?.isAccepted ? 'accepted' : 'refused';
  return (
    <div class="verdict" role="status">
      {outcome && (
        <div class={kind} key={outcome.exchangeId}>
          <p>
            <strong>
              <span aria-hidden="true">{outcome.isAccepted ? '✓ ' : '✗ '}</span>
              {outcome.isAccepted ? words.server.accepted[outcome.kind] : words.server.refused}
            </strong>{' '}
            <span lang="en">{outcome.message}</span>
          </p>
          <Why outcome={outcome} periodSeconds={props.periodSeconds} />
        </div>
      )}
    </div>
  );
}

function Why(props: { outcome: NonNullable<HardwareOathState['outcome']>; periodSeconds: number }) {
  const words = useWords();
  const { reason, explanation } = props.outcome;
  if (!explanation) {
    const isSerial = reason === 'unknownSerialNumber' || reason === 'resourceNotFound';
    return isSerial ? <p class="why">{words.server.wrongSerial}</p> : null;
  }
  const { accident } = explanation;
  const source = { periodSeconds: props.periodSeconds, type: 'totp' } as const;
  return (
    <p class="why">
      {words.explain(explanation, source)}
      {accident > RARE && <small>{words.server.rare(String(Math.round(1 / accident)))}</small>}
    </p>
  );
}
