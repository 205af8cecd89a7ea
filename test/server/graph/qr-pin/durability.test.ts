import { expect, test } from 'vitest';
import { useMortalServer } from '../../mortal.ts';

const METHOD = '/v1.0/me/authentication/qrCodePinMethod';
const POLICY =
  '/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin';
const WRONG = '60371948';

const { send, killAndRestart } = useMortalServer();

test('a kill after any change of a life changes nothing about it', async () => {
  const made = await send('PUT', METHOD, {});
  const qrCode = atob(made.standardQRCode.image.rawContent);
  const signIn = (pin: string, more = {}) => send('POST', '/sign-in/qr', { qrCode, pin, ...more });
  const given = made.pin.code;
  type Step = [() => Promise<unknown>, object];
  const lives: Step[][] = [
    [
      [() => signIn(given), { reason: 'methodDisabled' }],
      [() => send('PATCH', POLICY, { state: 'enabled' }), { state: 'enabled' }],
      [() => send('PATCH', '/_emulator/settings', { pinAttemptCap: 2 }), { pinAttemptCap: 2 }],
      [() => signIn(given), { reason: 'pinChangeRequired' }],
    ],
    [[() => signIn(given, { newPin: '50928371' }), { accepted: true }]],
    [
      [() => signIn(given), { reason: 'incorrectPin' }],
      [() => signIn('50928371'), { accepted: true }],
      [() => signIn(WRONG), { reason: 'incorrectPin' }],
    ],
    [[() => signIn(WRONG), { reason: 'incorrectPin' }]],
    [
      [() => signIn('50928371'), { reason: 'locked', retryAfterSeconds: 60 }],
      [() => send('POST', '/_emulator/clock/advance', { seconds: 60 }), { mode: 'fixed' }],
    ],
    [
      [() => signIn('50928371'), { accepted: true, qrCode: 'standardQRCode' }],
      [() => send('GET', METHOD), { standardQRCode: { image: null } }],
    ],
  ];
  for (const steps of lives) {
    for (const [step, expected] of steps) expect(await step()).toMatchObject(expected);
    await killAndRestart();
  }
});
