/**
 * One fault, anywhere in the shipped firmware, while a thief guesses at a PIN or PUK: no code comes
 * out, the PIN does not go away, and whoever is told right from wrong has paid with a try.
 *
 * A slice of them here, all in test/fault/full.ts. Simulated faults say nothing about pipelines and
 * buses of a real chip.
 */
import { describe, expect, it } from 'vitest';
import tokenWasm from '#token.wasm';
import { buildFirmware } from '../build.ts';
import { runCampaign } from './campaign.ts';
import { crime, impatient, SCENES, startImage } from './thief.ts';

const SLICE = 61;
const [WRONG_PIN] = SCENES;

it('no single fault gives a code, or a free guess, to who does not know the PIN', () => {
  const { tried, crimes } = runCampaign(SLICE);
  expect(tried).toBeGreaterThan(100);
  expect(crimes).toEqual([]);
}, 300_000);

describe('without a fault', () => {
  it.each(SCENES)('$name gets nothing', (scene) => {
    const firmware = impatient(tokenWasm);
    expect(crime(firmware, startImage(firmware, scene), scene)).toBeNull();
  });
});

describe('a thief is noticed', () => {
  it('when a firmware compares without counting', async () => {
    const careless = impatient(await buildFirmware({ 'assembly/pin/verify.ts': forgetful }));
    const image = startImage(impatient(tokenWasm), WRONG_PIN!);
    expect(crime(careless, image, WRONG_PIN!)).toBe('a free guess: 63c7 against 9000');
  });

  it('when a firmware asks for a PIN and seals nothing under it', async () => {
    const hollow = impatient(await buildFirmware({ 'assembly/pin/vault.ts': unsealed }));
    expect(crime(hollow, startImage(hollow, WRONG_PIN!), WRONG_PIN!)).toBe(
      'a code without the PIN',
    );
  });

  it('when a firmware takes guesses after the last one', async () => {
    const patient = impatient(await buildFirmware({ 'assembly/pin/verify.ts': endless }));
    const scene = SCENES.find(({ name }) => name.includes('blocked'))!;
    expect(crime(patient, startImage(impatient(tokenWasm), scene), scene)).toMatch(/free guess/);
  });
});

/** Neither counts a try, nor looks whether it was counted, nor writes its verdict. */
function forgetful(source: string): string {
  return source
    .replace(/if \(!countTry\(triesOf\(identity\)\)\) return WRITE_FAILED;\n/, '')
    .replace(/if \(counted !== failed \+ 1\) return WRITE_FAILED;\n/, '')
    .replace(/if \(!settleTry\(triesOf\(identity\), right\)\) \{/, 'if (failed > 100) {');
}

/** Leaves the PIN out of the sealing key. */
function unsealed(source: string): string {
  return source.replace('if (length !== 0) {', 'if (length === 1000) {');
}

/** Has no last try. */
function endless(source: string): string {
  return source
    .replace(/if \(triesLeft\(identity\) === 0\) return BLOCKED;\n/, '')
    .replace(/if \(counted > .*\) return BLOCKED;\n/, '');
}
