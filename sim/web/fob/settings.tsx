import type { Bench } from '../bench.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';

const DRIFT_SECONDS = 30;

/** What can go wrong with a token in a pocket: its clock, its battery, its power. */
export function Settings({ bench }: { bench: Bench }) {
  const { token } = useStore(bench.store);
  if (!token) return null;
  return (
    <div class="settings">
      <TokenClock bench={bench} />
      <Power bench={bench} />
    </div>
  );
}

function TokenClock({ bench }: { bench: Bench }) {
  const words = useWords();
  const { driftSeconds } = useStore(bench.store).token!;
  const says = () => {
    if (driftSeconds === null) return words.time.lost;
    if (driftSeconds === 0) return words.time.exact;
    const duration = words.time.duration(Math.abs(driftSeconds));
    return driftSeconds < 0 ? words.time.slow(duration) : words.time.fast(duration);
  };
  return (
    <div class="setting">
      <h3>
        {words.time.drift} <output>{says()}</output>
      </h3>
      <div class="row">
        <button type="button" onClick={() => bench.time.slowDown(DRIFT_SECONDS)}>
          {words.time.slower}
        </button>
        <button type="button" onClick={() => bench.token.drift(DRIFT_SECONDS)}>
          {words.time.faster}
        </button>
        {driftSeconds === null ? (
          <button type="button" onClick={() => bench.token.setClock()}>
            {words.time.setClock}
          </button>
        ) : (
          <button type="button" onClick={() => bench.token.loseTime()}>
            {words.time.battery}
          </button>
        )}
      </div>
    </div>
  );
}

function Power({ bench }: { bench: Bench }) {
  const words = useWords();
  const { isOn, isCutArmed } = useStore(bench.store).token!;
  return (
    <div class="setting">
      <h3>
        {words.time.power} <output>{isCutArmed ? words.time.cutArmed : ''}</output>
      </h3>
      <div class="row">
        <button
          type="button"
          class={isOn ? '' : 'primary'}
          onClick={() => (isOn ? bench.token.powerOff() : bench.token.powerOn())}
        >
          {isOn ? words.time.off : words.time.on}
        </button>
        <button type="button" onClick={() => bench.token.armCut(!isCutArmed)}>
          {isCutArmed ? words.time.disarm : words.time.cut}
        </button>
      </div>
    </div>
  );
}
