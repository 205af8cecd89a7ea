// The whole life of a token through the classic official SDK, in a process of its own because
// Node reads NODE_EXTRA_CA_CERTS only at start. Takes { baseUrl, host, accessToken, devices } as
// JSON on stdin (a token is no argument) and prints what the SDK made of each answer as JSON.
import { readFileSync } from 'node:fs';
import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  PageIterator,
} from '@microsoft/microsoft-graph-client';

const { baseUrl, host, accessToken, devices, codes } = JSON.parse(readFileSync(0, 'utf8'));
const [single, ...bulk] = devices;

const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => accessToken },
  baseUrl,
  defaultVersion: 'beta',
  customHosts: new Set([host]),
});

const DEVICES = '/directory/authenticationMethodDevices/hardwareOathDevices';
const METHODS = '/me/authentication/hardwareOathMethods';
const seen = {};

seen.created = await client.api(DEVICES).post(single);
seen.bulk = await client.api(DEVICES).patch({ '@context': '#$delta', value: bulk });
const [first, second] = seen.bulk.value;

seen.assigned = await client.api(METHODS).post({ device: { id: first.id } });
seen.activated = await client
  .api(`${METHODS}/${first.id}/activate`)
  .post({ verificationCode: codes[first.serialNumber], displayName: 'Desk' });
seen.bySerial = await client.api(`${METHODS}/assignAndActivateBySerialNumber`).post({
  serialNumber: single.serialNumber,
  verificationCode: codes[single.serialNumber],
});
seen.wrong = await client
  .api(`${METHODS}/assignAndActivate`)
  .post({ device: { id: second.id }, verificationCode: '12345' })
  .catch(({ statusCode, code, message, requestId, date }) => ({
    statusCode,
    code,
    message,
    requestId,
    date,
  }));

seen.methods = await client.api(METHODS).get();
seen.filtered = await client
  .api(DEVICES)
  .filter(`serialNumber eq '${second.serialNumber}'`)
  .select(['id', 'status'])
  .get();

seen.paged = [];
const page = await client.api(DEVICES).top(1).get();
await new PageIterator(client, page, (device) => seen.paged.push(device.serialNumber)).iterate();

const batch = new BatchRequestContent([
  { id: '1', request: new Request(`${baseUrl}/beta${METHODS}/${first.id}`) },
  { id: '2', request: new Request(`${baseUrl}/beta${DEVICES}/${second.id}`, { method: 'DELETE' }) },
]);
const responses = new BatchResponseContent(
  await client.api('/$batch').post(await batch.getContent()),
);
seen.batch = [responses.getResponseById('1').status, responses.getResponseById('2').status];

seen.deactivated = await client.api(`${METHODS}/${first.id}/deactivate`).post({});
for (const id of [first.id, seen.created.id]) {
  await client.api(`${METHODS}/${id}`).delete();
  await client.api(`${DEVICES}/${id}`).delete();
}
seen.left = await client.api(DEVICES).get();
console.log(JSON.stringify(seen));
