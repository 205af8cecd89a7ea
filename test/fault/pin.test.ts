/**
 * One fault, anywhere in the shipped firmware, while a thief guesses at a PIN or PUK: no code comes
 * out, the PIN does not go away, no guess is forgiven, and whoever is told right from wrong has paid
 * with a try.
 *
 * A slice of them here, all in test/fault/full.ts. Simulated faults say nothing about pipelines and
 * buses of a real chip.
 */
import { describe, expect, it } from 'vitest';
import tokenWasm from '#token.wasm';
import { buildFirmware } from '../build.ts';
import { ADMIN_SCENES, adminCrime, cardImage } from './admin-thief.ts';
import { runCampaign } from './campaign.ts';
import { ready } from './firmware.ts';
import { crime, SCENES, startImage } from './thief.ts';

const SLICE = 61;
const [WRONG_PIN] = SCENES;

it('no single fault gives a code, or a free guess, to who does not know the PIN', () => {
  const { reached, crimes } = runCampaign({ stride: SLICE, fields: ['PIN and PUK', 'admin key'] });
  expect(reached).toBeGreaterThan(100);
  expect(crimes).toEqual([]);
}, 300_000);

describe('without a fault', () => {
  it.each(SCENES)('$name gets nothing', (scene) => {
    const firmware = ready(tokenWasm);
    expect(crime(firmware, startImage(firmware, scene), scene)).toBeNull();
  });
});

describe('a thief is noticed', () => {
  it('when a firmware compares without counting', async () => {
    const careless = ready(
      await buildFirmware({
        'assembly/pin/tries.ts': forgetful,
        'assembly/pin/verify.ts': unsettled,
      }),
    );
    const image = startImage(ready(tokenWasm), WRONG_PIN!);
    expect(crime(careless, image, WRONG_PIN!)).toBe('a free guess: 63c7 against 9000');
  });

  it('when a firmware forgives every guess', async () => {
    const forgiving = ready(await buildFirmware({ 'assembly/pin/verify.ts': lenient }));
    const image = startImage(ready(tokenWasm), WRONG_PIN!);
    expect(crime(forgiving, image, WRONG_PIN!)).toBe('a wrong guess is forgiven');
  });

  it('when a firmware asks for a PIN and seals nothing under it', async () => {
    const hollow = ready(await buildFirmware({ 'assembly/pin/vault.ts': unsealed }));
    expect(crime(hollow, startImage(hollow, WRONG_PIN!), WRONG_PIN!)).toBe(
      'a code without the PIN',
    );
  });

  it('when a firmware puts another PIN, or none, in the place of one that was not given', async () => {
    const trusting = ready(
      await buildFirmware({
        'assembly/pin/verify.ts': credulous,
        'assembly/pin/vault.ts': unasked,
      }),
    );
    const crimes = SCENES.filter(({ guess }) => guess[0]![1] !== 0x20).map((scene) => {
      return crime(trusting, startImage(ready(tokenWasm), scene), scene);
    });
    expect(crimes).toEqual([
      'a yes to a wrong secret: 9000,6983',
      'a yes to a wrong secret: 9000,9000',
      'a yes to a wrong secret: 9000',
      'the PIN is gone, the account is not',
      null,
      null,
    ]);
  });

  it('when a firmware takes guesses after the last one', async () => {
    const patient = ready(
      await buildFirmware({
        'assembly/pin/verify.ts': endless,
        'assembly/pin/tries.ts': uncounted,
      }),
    );
    const scene = SCENES.find(({ name }) => name.includes('blocked'))!;
    expect(crime(patient, startImage(ready(tokenWasm), scene), scene)).toMatch(/free guess/);
  });
});

describe('a thief at a card', () => {
  it.each(ADMIN_SCENES)('gets nothing without a fault: $name', (scene) => {
    const firmware = ready(tokenWasm);
    expect(adminCrime(firmware, cardImage(firmware, scene), scene)).toBeNull();
  });

  it('is noticed when a cipher does not depend on its key', async () => {
    const empty = await buildFirmware({
      'assembly/crypto/triple-des.ts': (source) =>
        source.replace(/halves = rounds\(.*\);\n/, '').replace('=== 0x948b35b581e58150', '!== 0'),
    });
    const scene = ADMIN_SCENES.find(({ name }) => name === 'the challenge itself')!;
    const image = cardImage(ready(tokenWasm), scene);
    expect(adminCrime(ready(empty), image, scene)).toBe('the key is his');
  });

  it('is noticed when a wrong answer passes, and what is stored is not bound to it', async () => {
    const trusting = await buildFirmware({
      'assembly/pin/admin-key.ts': (source) =>
        source
          .replace('return verdict === EQUAL ? RIGHT : WRONG;', 'return RIGHT;')
          .replace('load<u8>(newKey + at) ^ difference', 'load<u8>(newKey + at)'),
    });
    const [scene] = ADMIN_SCENES;
    const image = cardImage(ready(tokenWasm), scene!);
    expect(adminCrime(ready(trusting), image, scene!)).toBe('the key is his');
  });
});

/** Neither counts a try, nor looks whether it was counted. */
function forgetful(source: string): string {
  return source
    .replace(/ {2}if \(!countTry\(identity\)\) return WRITE_FAILED;\n/, '')
    .replace(/ {2}if \(counted !== failed \+ 1\) return WRITE_FAILED;\n/, '');
}

/** Settles every try as a right one; it still answers that the guess was wrong. */
function lenient(source: string): string {
  return source.replace(
    'settleTry(triesOf(identity), verdict)',
    'settleTry(triesOf(identity), EQUAL)',
  );
}

/** Does not write the verdict. */
function unsettled(source: string): string {
  return source.replace(
    /if \(!settleTry\(triesOf\(identity\), verdict\)\) \{/,
    'if (length > 100) {',
  );
}

/** Takes every secret for the right one. */
function credulous(source: string): string {
  return source.replace('if (verdict === EQUAL) return RIGHT;', 'return RIGHT;');
}

/** Seals what is at hand without asking how it was opened. */
function unasked(source: string): string {
  return source.replace(/ {2}if \(addressOf\(MASTER\) !== NO_RECORD .*\n/, '');
}

/** Leaves the PIN out of the sealing key. */
function unsealed(source: string): string {
  return source.replace('if (length !== 0) {', 'if (length === 1000) {');
}

/** Has no last try, whichever way it is asked for. */
function endless(source: string): string {
  return source.replace(/ {2}if \(triesLeft\(identity\) === 0\) return BLOCKED;\n/, '');
}

function uncounted(source: string): string {
  return source.replace('return counted > most ? BLOCKED : COUNTED;', 'return COUNTED;');
}
