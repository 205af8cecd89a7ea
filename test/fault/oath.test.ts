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
import { ready } from './firmware.ts';
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

/** The scenes in which thieves get something out of a firmware with some sources changed. */
async function crimesOf(changes: Changes): Promise<string[]> {
  const faulty = ready(await buildFirmware(changes));
  return [...ACCESS_SCENES, ...TOUCH_SCENES].flatMap((scene) => {
    const crime = oathCrime(faulty, oathImage(shipped, scene), scene);
    return crime === null ? [] : [scene.name];
  });
}

/** A function that says yes to everything. */
const yes = (name: string) => (source: string) =>
  source.replace(new RegExp(`(function ${name}\\(\\): bool {)[^}]*}`), '$1 return true; }');
const isOpen = (source: string) => yes('isOathOpen')(yes('mayUseOath')(source));

describe('a thief is noticed', () => {
  it('when a firmware gives codes whose counter stays where it is', async () => {
    const faulty = ready(
      await buildFirmware({
        'assembly/oath/credential.ts': (source) =>
          source.replace(/return spend\(COUNTER \+ slot\).*;/, 'return true;'),
        'assembly/screen/menu.ts': (source) =>
          source.replace('isUsedUp(slot, used)', 'used === counterOf(slot)'),
      }),
    );
    const crimes = COUNTER_SCENES.map((scene) =>
      counterCrime(faulty, counterImage(shipped, scene), scene),
    );
    const [byKeys] = crimes;
    expect(byKeys).toMatch(/^codes of 3,3,3/);
  });

  it('when a firmware lets everybody into the OATH applet', async () => {
    const crimes = await crimesOf({ 'assembly/apdu/oath-access.ts': isOpen });
    expect(crimes).toContain('without the access code: a code of the time');
    expect(crimes).toContain('without the access code: a whole MAC');
    expect(crimes).toContain('without the access code: a code of a counter');
    expect(crimes).toContain('without the access code: all codes');
    expect(crimes).toContain('without the access code: a list of the accounts');
    expect(crimes).toContain('without the access code: an access code of his own');
    expect(crimes).toContain('without the access code: no access code');
    expect(crimes.some((name) => name.startsWith('without OK'))).toBe(false);
  });

  it('when a firmware takes every proof of an access code', async () => {
    const crimes = await crimesOf({
      'assembly/apdu/oath-access.ts': (source) =>
        source.replace('return agreed(first, second);', 'return EQUAL + (first & second & 0);'),
    });
    expect(crimes).toContain('without the access code: a wrong proof');
    expect(crimes).toContain('without the access code: a proof that was overheard');
    expect(crimes).not.toContain('without the access code: a code of the time');
  });

  it('when a firmware asks nobody to press OK', async () => {
    const crimes = await crimesOf({
      'assembly/apdu/touch.ts': yes('isTouched'),
      'assembly/apdu/oath-codes.ts': (source) =>
        source.replace('return askForTouch(', 'if (length > 64) return askForTouch('),
      'assembly/apdu/otp-slots.ts': (source) =>
        source.replace('return askForTouch(', 'if (length > 64) return askForTouch('),
    });
    expect(crimes).toContain('without OK, no key: an account');
    expect(crimes).toContain('without OK, no key: a whole MAC');
    expect(crimes).toContain('without OK, no key: a slot');
  });

  it('when a firmware takes a refusal, or any key, for OK', async () => {
    const crimes = await crimesOf({
      'assembly/apdu/touch.ts': (source) =>
        source
          .replace('(key === Key.OK)', '(key !== 0)')
          .replace('(waiting.key ^ Key.OK) === 0', 'waiting.key !== 0'),
    });
    expect(crimes).toContain('without OK, another key: a slot');
    expect(crimes).toContain('without OK, refused: an account');
  });
});
