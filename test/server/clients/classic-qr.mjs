// The whole life of a QR code and PIN through the classic official SDK, in both versions of the
// API; a process of its own for the reason that classic-life.mjs gives. Takes { baseUrl, host,
// accessToken } as JSON on stdin and prints what the SDK made of each answer as JSON.
import { readFileSync } from 'node:fs';
import { Client } from '@microsoft/microsoft-graph-client';

const { baseUrl, host, accessToken } = JSON.parse(readFileSync(0, 'utf8'));

function lifeIn(version) {
  const client = Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => accessToken },
    baseUrl,
    defaultVersion: version,
    customHosts: new Set([host]),
  });
  const method = (path = '') => client.api(`/me/authentication/qrCodePinMethod${path}`);
  const policy = client.api(
    '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin',
  );
  const refused = ({ statusCode, code, message, requestId }) => ({
    statusCode,
    code,
    message,
    requestId,
  });
  return { method, policy, refused };
}

async function live(version) {
  const { method, policy, refused } = lifeIn(version);
  const seen = {};
  seen.policyUpdate = await policy.update({ state: 'enabled', pinLength: 9 });
  seen.policy = await policy.get();
  seen.none = await method().get().catch(refused);
  seen.created = await method().put({ pin: { code: '603719485' } });
  seen.second = await method().put({}).catch(refused);
  seen.method = await method().get();
  seen.moved = await method('/standardQRCode').patch({ expireDateTime: '2026-12-31T10:00:00Z' });
  seen.deletedCode = await method('/standardQRCode').delete();
  seen.renewed = await method('/standardQRCode').patch({});
  seen.temporary = await method('/temporaryQRCode').patch({
    startDateTime: '2026-03-05T06:00:00Z',
    expireDateTime: '2026-03-05T16:00:00Z',
  });
  seen.temporaryAgain = await method('/temporaryQRCode').get();
  seen.deletedTemporary = await method('/temporaryQRCode').delete();
  seen.reset = await method('/pin').patch({});
  const change = { currentPin: seen.reset.code, newPin: '509283716' };
  seen.changed = await method('/pin/updatePin').patch(change);
  seen.wrong = await method('/pin/updatePin').post(change).catch(refused);
  seen.pin = await method('/pin').get();
  seen.deleted = await method().delete();
  seen.policyReset = await policy.delete();
  return seen;
}

console.log(JSON.stringify({ beta: await live('beta'), 'v1.0': await live('v1.0') }));
