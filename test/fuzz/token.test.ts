/** A slice of the runs over spoilt images and chance commands; a million are in test/fuzz/full.ts. */
import { expect, it } from 'vitest';
import { buildFirmware } from '../build.ts';
import { NOON } from '../fixtures.ts';
import { newMortalBench } from '../power/mortal-bench.ts';
import { chance, images, SPOILERS } from './images.ts';
import { liveAll, liveOne } from './lives.ts';

const RUNS = 20_000;

const asked = /^F(\d+)$/.exec(process.env.OATHFOB_REPLAY ?? '');
if (asked) it(`run ${asked[1]} goes well`, () => liveOne(Number(asked[1])));

it('nothing traps, hangs, breaks the contract of the flash, or answers nonsense', () => {
  liveAll(RUNS);
}, 300_000);

it('notices a trap that one command in thousands springs', async () => {
  const mined = await buildFirmware({
    'assembly/apdu/command.ts': (source) =>
      source.replace(
        /export function parseCommand.*\n/,
        '$&  if (load<u8>(BUFFER, 1) === 0x77) unreachable();\n',
      ),
  });
  const said = messageOf(() => liveAll(RUNS, mined));
  const [, run, reason] = /^run (\d+): (.*unreachable.*)/.exec(said)!;
  // Alone it goes wrong in the same way, and the one before it does not.
  expect(messageOf(() => liveOne(Number(run), mined))).toBe(reason!.replace(/^\w+: /, ''));
  liveOne(Number(run) - 1, mined);
}, 300_000);

it('notices a firmware that writes behind its memory', async () => {
  const sloppy = await buildFirmware({
    'assembly/clock.ts': (source) =>
      source.replace(
        'const minute = minuteOf(seconds);\n  readRecord();',
        'const minute = minuteOf(seconds);\n  store<u32>(__heap_base, 1);\n  readRecord();',
      ),
  });
  expect(() => liveAll(RUNS, sloppy)).toThrow(/memory that is not claimed/);
}, 300_000);

it('notices a firmware that one command in thousands sends round for ever', async () => {
  const endless = await buildFirmware({
    'assembly/apdu/command.ts': (source) =>
      source.replace(
        /export function parseCommand.*\n/,
        '$&  while (load<u8>(BUFFER, 1) === 0x77) {}\n',
      ),
  });
  expect(() => liveAll(RUNS, endless)).toThrow(/^run \d+: EndlessLoop/);
}, 300_000);

it('notices a firmware that takes a record of tries of any length for its own', async () => {
  const trusting = await buildFirmware({
    'assembly/index.ts': (source) => source.replace('    triesAreSound() &&\n', ''),
  });
  expect(() => liveAll(RUNS, trusting)).toThrow(/memory that is not claimed/);
}, 300_000);

it('makes images that boot and images that do not', () => {
  const bench = newMortalBench();
  const starts = images();
  const faults = new Map<string, number>();
  for (let run = 0; run < 600; run++) {
    const draw = chance(run);
    const words = starts[draw(starts.length)]!.slice();
    SPOILERS[run % SPOILERS.length]!(words, draw);
    const code = bench.powerOn({ words, clock: NOON }).fault?.code ?? 'none';
    faults.set(code, (faults.get(code) ?? 0) + 1);
  }
  expect(faults.get('none')).toBeGreaterThan(100);
  expect(faults.get('DAMAGED')).toBeGreaterThan(100);
});

function messageOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing went wrong';
}
