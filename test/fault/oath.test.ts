/**
 * One fault, anywhere in the shipped firmware: no counter gives a code twice, nothing leaves the OATH
 * applet without its access code, and nothing leaves that needs OK without it. A slice of the faults
 * here, all in test/fault/full.ts.
 */
import { describe, expect, it } from 'vitest';
import tokenWasm from '#token.wasm';
import { buildFirmware, type Changes } from '../build.ts';
import { runCampaign } from './campaign.ts';
import { COUNTER_SCENES, counterCrime, counterImage } from './counter-thief.ts';
import { type Firmware, ready } from './firmware.ts';
import { ACCESS_SCENES, oathCrime, oathImage, TOUCH_SCENES } from './oath-thief.ts';

const SLICE = 41;
const shipped = ready(tokenWasm);

it('no single fault gives a code twice, or without access code or OK where they are asked for', () => {
  const fields = ['counters', 'access code', 'touch'] as const;
  const { reached, crimes } = runCampaign({ stride: SLICE, fields });
  expect(reached).toBeGreaterThan(100);
  expect(crimes).toEqual([]);
}, 300_000);

describe('without a fault', () => {
  it.each(COUNTER_SCENES)('$name: each code once', (scene) => {
    expect(counterCrime(shipped, counterImage(shipped, scene), scene)).toBeNull();
  });

  it.each([...ACCESS_SCENES, ...TOUCH_SCENES])('nothing $name', (scene) => {
    expect(oathCrime(shipped, oathImage(shipped, scene), scene)).toBeNull();
  });
});

/** What thieves get out of a firmware with some sources changed, and in which scenes. */
async function crimesOf(changes: Changes): Promise<string[]> {
  const faulty = ready(await buildFirmware(changes));
  return [...ACCESS_SCENES, ...TOUCH_SCENES].flatMap((scene) => {
    const crime = oathCrime(faulty, oathImage(shipped, scene), scene);
    return crime === null ? [] : [`${scene.name}: ${crime}`];
  });
}

function counterCrimesOf(faulty: Firmware): (string | null)[] {
  return COUNTER_SCENES.map((scene) => counterCrime(faulty, counterImage(shipped, scene), scene));
}
