import {
  AllowedHostsValidator,
  BaseBearerTokenAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from '@microsoft/kiota-abstractions';
import { GraphBetaRequestAdapter } from '@microsoft/msgraph-beta-sdk';
import { createDirectoryServiceClient } from '@microsoft/msgraph-beta-sdk-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../../sim/server/index.ts';
import { displayedCode } from '../displayed-code.ts';
import { FREE, NOORS, SPARE, START, startSeconds } from '../support.ts';

let server: RunningServer;
let adapter: GraphBetaRequestAdapter;

beforeAll(async () => {
  server = await startServer({ port: 0, clock: new Date(START) });
  const provider = new BaseBearerTokenAuthenticationProvider({
    getAuthorizationToken: async () => server.accessToken,
    getAllowedHostsValidator: () => new AllowedHostsValidator(),
  });
  adapter = new GraphBetaRequestAdapter(provider);
  adapter.baseUrl = `${server.url}/beta`;
});

afterAll(() => server.close());

/** The user packages of this SDK family are not published, so these go out as raw requests. */
async function request<Answer>(
  method: HttpMethod,
  path: string,
  body?: object,
): Promise<Answer | undefined> {
  const information = new RequestInformation(method, `{+baseurl}${path}`);
  information.pathParameters = { baseurl: adapter.baseUrl };
  information.headers.add('Accept', 'application/json');
  if (body) {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    information.setStreamContent(bytes.buffer, 'application/json');
  }
  const answer = await adapter.sendPrimitive<ArrayBuffer>(information, 'ArrayBuffer', undefined);
  if (!answer || answer.byteLength === 0) return undefined;
  return JSON.parse(new TextDecoder().decode(answer)) as Answer;
}

const METHODS = '/me/authentication/hardwareOathMethods';

test('the generated official SDK lives the whole life of a token over http', async () => {
  const { hardwareOathDevices } =
    createDirectoryServiceClient(adapter).directory.authenticationMethodDevices;
  const { manufacturer, model, timeIntervalInSeconds } = FREE;
  const body = ({ serialNumber, secretKey }: typeof FREE) => ({
    serialNumber,
    secretKey,
    manufacturer,
    model,
    timeIntervalInSeconds,
  });

  const created = await hardwareOathDevices.post({ ...body(FREE), hashFunction: 'hmacsha1' });
  expect(created).toMatchObject({
    serialNumber: FREE.serialNumber,
    status: 'available',
    hashFunction: 'hmacsha1',
    timeIntervalInSeconds: 30,
  });

  const bulk = await hardwareOathDevices.post({
    additionalData: {
      '@context': '#$delta',
      value: [
        { ...body(NOORS), '@contentId': '1', assignTo: { id: server.user.id } },
        { ...body(SPARE), '@contentId': '2' },
      ],
    },
  });
  expect(bulk!.additionalData!.value).toMatchObject([
    { status: 'assigned' },
    { status: 'available' },
  ]);

  await request(HttpMethod.POST, `${METHODS}/assignAndActivateBySerialNumber`, {
    serialNumber: FREE.serialNumber,
    verificationCode: displayedCode(FREE, startSeconds),
  });
  const listed = await request<{ value: { id: string }[] }>(HttpMethod.GET, METHODS);
  expect(listed!.value.map(({ id }) => id)).toContain(created!.id);
  const activated = await hardwareOathDevices
    .byHardwareOathTokenAuthenticationMethodDeviceId(created!.id!)
    .get();
  expect(activated).toMatchObject({ status: 'activated', assignedTo: { id: server.user.id } });

  const firstPage = await hardwareOathDevices.get({
    queryParameters: { top: 2, select: ['serialNumber'] },
  });
  const secondPage = await hardwareOathDevices.withUrl(firstPage!.odataNextLink!).get();
  expect(
    [...firstPage!.value!, ...secondPage!.value!].map(({ serialNumber }) => serialNumber),
  ).toEqual([FREE.serialNumber, NOORS.serialNumber, SPARE.serialNumber]);

  const refused = await hardwareOathDevices.post(body(FREE)).catch((error) => error);
  expect(refused).toMatchObject({
    responseStatusCode: 409,
    errorEscaped: { code: 'conflict', innerError: { requestId: expect.any(String) } },
  });

  await request(HttpMethod.POST, `${METHODS}/${created!.id}/deactivate`);
  await request(HttpMethod.DELETE, `${METHODS}/${created!.id}`);
  const device = hardwareOathDevices.byHardwareOathTokenAuthenticationMethodDeviceId(created!.id!);
  expect(await device.get()).toMatchObject({ status: 'available' });
  await device.patch({ model: 'Pebble T9' });
  expect(await device.get()).toMatchObject({ model: 'Pebble T9' });
  await device.delete();
  await expect(device.get()).rejects.toMatchObject({ responseStatusCode: 404 });
});
