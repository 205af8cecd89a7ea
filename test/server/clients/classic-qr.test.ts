import { beforeAll, describe, expect, test } from 'vitest';
import { runClassicSdk } from './classic.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
let lives: Record<string, any>;
beforeAll(async () => {
  lives = await runClassicSdk('./classic-qr.mjs');
}, 60_000);

describe.each(['beta', 'v1.0'])('the classic official SDK over https, %s', (version) => {
  test('makes a method, with its picture and PIN, and sees them only then', () => {
    const { created, method, none, second } = lives[version];
    expect(none).toMatchObject({ statusCode: 404, code: 'resourceNotFound' });
    expect(created.pin).toMatchObject({ code: '603719485', forceChangePinNextSignIn: true });
    expect(created.standardQRCode.image.binaryValue).toMatch(/^PD94bWwg/);
    expect(method.standardQRCode).toMatchObject({ id: created.standardQRCode.id, image: null });
    expect(method.pin.code).toBe(version === 'beta' ? '' : null);
    expect(second).toMatchObject({ statusCode: 400, code: 'badRequest' });
    expect(second.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('moves, deletes and renews the standard code', () => {
    const { created, moved, renewed } = lives[version];
    expect(moved).toMatchObject({ expireDateTime: '2026-12-31T10:00:00Z', image: null });
    expect(lives[version]).not.toHaveProperty('deletedCode');
    expect(renewed.id).not.toBe(created.standardQRCode.id);
    expect(renewed.image.rawContent).toBeTruthy();
  });

  test('makes and deletes a temporary code', () => {
    const { temporary, temporaryAgain } = lives[version];
    expect(temporaryAgain).toMatchObject({ id: temporary.id, image: null });
    expect(lives[version]).not.toHaveProperty('deletedTemporary');
  });

  test('resets and changes the PIN, and is told when it is wrong', () => {
    const { reset, wrong, pin } = lives[version];
    expect(reset.code).toMatch(/^\d{9}$/);
    expect(lives[version]).not.toHaveProperty('changed');
    expect(wrong).toMatchObject({ statusCode: 400, message: 'The current PIN is not correct.' });
    expect(pin.forceChangePinNextSignIn).toBe(false);
  });

  test('sets the policy, which v1.0 answers with the object', () => {
    const { policy, policyUpdate } = lives[version];
    expect(policy).toMatchObject({ state: 'enabled', pinLength: 9 });
    if (version === 'v1.0') expect(policyUpdate).toMatchObject({ pinLength: 9 });
    else expect(lives[version]).not.toHaveProperty('policyUpdate');
    expect(lives[version]).not.toHaveProperty('deleted');
    expect(lives[version]).not.toHaveProperty('policyReset');
  });
});
