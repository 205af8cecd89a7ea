/**
 * @azure/identity against a sign-in service of our own, so that every way in is walked to its end:
 * the credential asks for a token there, the Graph client shows that token to the server.
 */

import { rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../sim/server/certificate.ts';
import { type RunningServer, startServer } from '../../sim/server/index.ts';
import { buildCli, type Outcome, Workshop } from './harness.ts';

const TENANT = '5f9a3c1e-0d2b-4c7a-9e1f-6b8d7c5a4e3f';
const CLIENT = '0b1c2d3e-4f5a-6b7c-8d9e-0f1a2b3c4d5e';
const SECRET = 'correct-horse-battery-staple';
const CLOCK = '2026-03-02T09:30:10Z';

let cli = '';
let workshop: Workshop;
let graph: RunningServer;
let signInService: Server;
let authority = '';
const forms: URLSearchParams[] = [];

beforeAll(async () => {
  cli = await buildCli();
  graph = await startServer({ port: 0, https: true, clock: new Date(CLOCK) });
  const { certificate, privateKey } = await selfSignedCertificate(Date.now());
  signInService = createServer(
    { cert: certificate, key: privateKey },
    async (request, response) => {
      const { status, body } = answerSignIn(request.url!, await formOf(request));
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    },
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => signInService.once('listening', resolve));
  authority = `https://localhost:${(signInService.address() as AddressInfo).port}`;
  workshop = new Workshop(cli, {
    AZURE_AUTHORITY_HOST: authority,
    NODE_EXTRA_CA_CERTS: 'sign-in.pem',
  });
  workshop.write('sign-in.pem', certificate);
  workshop.write('graph.pem', graph.certificate!);
  workshop.write('admin.token', graph.accessToken);
  workshop.write('secret', `${SECRET}\n`);
  workshop.write('wrong', 'Tr0ub4dor&3\n');
});
afterAll(async () => {
  signInService.close();
  await graph.close();
  workshop.remove();
  rmSync(dirname(cli), { recursive: true, force: true });
});

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** The three addresses of the OAuth 2.0 endpoint that the credentials call. */
function answerSignIn(path: string, form: URLSearchParams): { status: number; body: object } {
  const root = `${authority}/${TENANT}`;
  if (path.includes('/.well-known/openid-configuration')) {
    return {
      status: 200,
      body: {
        issuer: `${root}/v2.0`,
        authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
        token_endpoint: `${root}/oauth2/v2.0/token`,
        device_authorization_endpoint: `${root}/oauth2/v2.0/devicecode`,
        jwks_uri: `${root}/keys`,
      },
    };
  }
  if (path.includes('/devicecode')) {
    const message = `open ${authority}/device and type LAMP-42`;
    const device = { device_code: 'device', user_code: 'LAMP-42', verification_uri: authority };
    return { status: 200, body: { ...device, expires_in: 60, interval: 1, message } };
  }
  forms.push(form);
  if (form.get('grant_type') === 'client_credentials' && form.get('client_secret') !== SECRET) {
    const error_description = 'AADSTS7000215: Invalid client secret provided.';
    return { status: 401, body: { error: 'invalid_client', error_description } };
  }
  const token = { access_token: graph.accessToken, token_type: 'Bearer', expires_in: 3600 };
  return { status: 200, body: token };
}

let serial = 0;
/** Makes a token, uploads its seed, and activates it with the credential under test. */
async function activateWith(options: string, environment = ''): Promise<Outcome> {
  const name = `fob-${++serial}`;
  const endpoint = `--endpoint ${graph.url}/beta --ca graph.pem`;
  const prepared = await workshop.run(
    `oathfob token new ${name} --serial LMP-${serial} --at ${CLOCK} --record ${name}.json && ` +
      `oathfob token upload ${name}.json ${endpoint} --token @admin.token`,
  );
  expect(prepared.exitCode, prepared.stderr).toBe(0);
  return workshop.run(
    `${environment} oathfob token activate ${name} ${endpoint} --user me --at ${CLOCK} ${options}`,
  );
}

const APPLICATION = `--tenant ${TENANT} --client ${CLIENT}`;

test('an application signs in with a secret from a file', async () => {
  const outcome = await activateWith(`--auth client-secret ${APPLICATION} --client-secret @secret`);
  expect(outcome.stdout, outcome.stderr).toBe(`activated LMP-${serial} for me\n`);
  expect(forms.at(-1)!.get('scope')).toContain('https://localhost/.default');
});

test('an application signs in with what the environment says', async () => {
  const environment = `AZURE_TENANT_ID=${TENANT} AZURE_CLIENT_ID=${CLIENT} AZURE_CLIENT_SECRET=${SECRET}`;
  const outcome = await activateWith('--auth environment', environment);
  expect(outcome.stdout, outcome.stderr).toBe(`activated LMP-${serial} for me\n`);
});

test('a person signs in with a code that is shown to them', async () => {
  const outcome = await activateWith(`--auth device-code ${APPLICATION}`);
  expect(outcome.stderr).toContain(`open ${authority}/device and type LAMP-42\n`);
  expect(outcome.stdout).toBe(`activated LMP-${serial} for me\n`);
  expect(forms.at(-1)!.get('device_code')).toBe('device');
});

test('a wrong secret is told as such, and not repeated', async () => {
  const outcome = await activateWith(`--auth client-secret ${APPLICATION} --client-secret @wrong`);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('AADSTS7000215');
  expect(outcome.stderr).toContain('hint: check tenant, client and secret');
  expect(outcome.stderr).not.toContain('Tr0ub4dor');
});
