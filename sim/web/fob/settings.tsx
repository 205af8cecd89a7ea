import { Toggle } from '../act-button.tsx';
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
  const { token } = bench;
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
        <button type="button" onClick={() => bench.act(() => bench.time.slowDown(DRIFT_SECONDS))}>
          {words.time.slower}
        </button>
        <button type="button" onClick={() => bench.act(() => token.drift(DRIFT_SECONDS))}>
          {words.time.faster}
        </button>
        <Toggle onClick={() => bench.act(driftSeconds === null ? token.setClock : token.loseTime)}>
          {driftSeconds === null ? words.time.setClock : words.time.battery}
        </Toggle>
      </div>
    </div>
  );
}

function Power({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = bench;
  const { isOn, isCutArmed } = useStore(bench.store).token!;
  return (
    <div class="setting">
      <h3>
        {words.time.power} <output>{isCutArmed ? words.time.cutArmed : ''}</output>
      </h3>
      <div class="row">
        <Toggle
          kind={isOn ? '' : 'primary'}
          onClick={() => bench.act(isOn ? token.powerOff : token.powerOn)}
        >
          {isOn ? words.time.off : words.time.on}
        </Toggle>
        <Toggle onClick={() => bench.act(() => token.armCut(!isCutArmed))}>
          {isCutArmed ? words.time.disarm : words.time.cut}
        </Toggle>
      </div>
    </div>
  );
}
