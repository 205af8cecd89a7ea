/** The steps about a hardware OATH token: what each does, and what must come back for it to hold. */
import { readFileSync } from 'node:fs';
import { decodeBase32 } from '../../../host/base32.ts';
import { totp, verify } from '../../../host/otp.ts';
import { decodeGraphDevices, encodeRecords } from '../../../host/provision/record.ts';
import { ACTIVATION_WINDOW_STEPS } from '../../server/graph/activation.ts';
import { personalise } from '../personalise.ts';
import { replacePrivateFile } from '../private-file.ts';
import { drawSeed } from '../seed.ts';
import { type Account, codeOf, demand, passage, type Step } from './step.ts';
import { PERIOD_SECONDS, PERSON, type Tour } from './tour.ts';

async function make(tour: Tour): Promise<Account> {
  const secret = drawSeed('SHA1').bytes;
  const recordPath = tour.path('record.json');
  try {
    const record = {
      serialNumber: tour.serialNumber,
      manufacturer: 'oathfob',
      model: 'simulated',
      issuer: 'oathfob',
      account: PERSON,
      type: 'totp',
      hash: 'SHA1',
      digits: 6,
      periodSeconds: PERIOD_SECONDS,
      secret,
    } as const;
    personalise({
      tokenPath: tour.path('fob.img'),
      record,
      recordText: await encodeRecords([record], 'graph'),
      recordTo: recordPath,
      clock: tour.clock,
    });
  } finally {
    secret.fill(0);
  }
  tour.powerOn();
  const [device] = decodeGraphDevices(readFileSync(recordPath, 'utf8'));
  tour.seedText = device!.secretKey;
  return {
    sent: `serial ${tour.serialNumber}, TOTP SHA-1, 30 s`,
    received: `fob.img, record with seed ${tour.seedText.slice(0, 4)}…`,
  };
}

async function display(tour: Tour): Promise<Account> {
  const { code, seedText } = tour;
  demand(code !== null, `the display shows no code: ${tour.token.text.replaceAll('\n', ', ')}`);
  const expected = totp(decodeBase32(seedText), { time: tour.clock.read()! });
  demand(code === expected, 'the display shows another code than its seed gives');
  const left = tour.token.text.split('\n')[2];
  return { sent: 'a look', received: `${code.slice(0, 3)} ${code.slice(3)}, ${left} left` };
}

async function person(tour: Tour): Promise<Account> {
  const { id } = await tour.emulator.createUser(PERSON, 'Helga');
  const accessToken = await tour.emulator.createToken(id, ['UserAuthenticationMethod.ReadWrite']);
  tour.person = { id, client: tour.clientFor(accessToken), phone: tour.phoneOf(accessToken) };
  replacePrivateFile(tour.path('helga.token'), `${accessToken}\n`);
  return { sent: 'POST /_emulator/users, /tokens', received: 'helga and a bearer token' };
}

async function policy(tour: Tour): Promise<Account> {
  await tour.administrator.switchMethod('hardwareOath', 'enabled');
  return passage(tour, 'hardware tokens are on');
}

async function upload(tour: Tour): Promise<Account> {
  const [device] = decodeGraphDevices(readFileSync(tour.path('record.json'), 'utf8'));
  const created = await tour.administrator.createDevice(device!);
  demand(created.serialNumber === tour.serialNumber, 'another serial number came back');
  demand(created.status === 'available', `the new token is ${created.status}, not available`);
  tour.deviceId = created.id;
  return passage(tour, created.status);
}

async function inventory(tour: Tour): Promise<Account> {
  const device = await tour.administrator.getDevice(tour.deviceId);
  demand(device.serialNumber === tour.serialNumber, 'another serial number came back');
  const hasSeed = tour.wire.last.answer.includes(tour.seedText);
  demand(device.secretKey === null && !hasSeed, 'the seed came back out of the server');
  return passage(tour, 'secretKey: null');
}

async function activate(tour: Tour): Promise<Account> {
  tour.activationCode = codeOf(tour);
  await tour.person.client.activateBySerialNumber('me', tour.serialNumber, tour.activationCode);
  return passage(tour, `${tour.serialNumber} with ${tour.activationCode}`);
}

async function replay(tour: Tour): Promise<Account> {
  const answer = await tour.emulator.signIn(tour.serialNumber, tour.activationCode);
  demand(!answer.accepted, 'a used code was accepted again');
  demand(answer.reason === 'codeAlreadyUsed', `refused for another reason: ${answer.reason}`);
  return {
    sent: `sign in with ${tour.activationCode} again`,
    received: `refused: ${answer.reason}`,
  };
}

async function signInWithNext(tour: Tour): Promise<Account> {
  await tour.advance(PERIOD_SECONDS);
  const code = codeOf(tour);
  const answer = await tour.emulator.signIn(tour.serialNumber, code);
  if (!answer.accepted) throw new Error(`the code was refused: ${answer.reason}`);
  return { sent: `30 s later, sign in with ${code}`, received: `accepted, step ${answer.step}` };
}

async function wrongCode(tour: Tour): Promise<Account> {
  await tour.advance(PERIOD_SECONDS);
  const code = codeNobodyTakes(tour);
  const answer = await tour.emulator.signIn(tour.serialNumber, code);
  demand(!answer.accepted, 'a wrong code was accepted');
  demand(answer.reason === 'wrongCode', `refused for another reason: ${answer.reason}`);
  return { sent: `sign in with ${code}`, received: `refused: ${answer.reason}` };
}

async function list(tour: Tour): Promise<Account> {
  const methods = await tour.person.client.listMethods('me');
  const serials = methods.map(({ device }) => device?.serialNumber);
  demand(serials.join() === tour.serialNumber, `the list holds ${serials.join() || 'nothing'}`);
  const status = methods[0]!.device!.status;
  demand(status === 'activated', `the token is ${status}, not activated`);
  return passage(tour, `${tour.serialNumber} ${status}`);
}

async function unassign(tour: Tour): Promise<Account> {
  const { administrator, person: owner, deviceId } = tour;
  await administrator.unassign(owner.id, deviceId);
  const account = passage(tour);
  const { status } = await administrator.getDevice(deviceId);
  demand(status === 'available', `the token is ${status}, not available`);
  return { ...account, received: `${account.received}, ${status} again` };
}

async function again(tour: Tour): Promise<Account> {
  await tour.advance(PERIOD_SECONDS);
  return activate(tour);
}

export const OATH_STEPS: readonly Step[] = [
  { name: 'make', title: 'make a token', run: make },
  { name: 'display', title: 'look at its display', run: display },
  { name: 'person', title: 'create a user', run: person },
  { name: 'policy', title: 'allow hardware tokens', run: policy },
  { name: 'upload', title: 'upload its seed', run: upload },
  { name: 'inventory', title: 'read it back', run: inventory },
  { name: 'activate', title: 'activate by serial', run: activate },
  { name: 'replay', title: 'replay that code', run: replay },
  { name: 'sign-in', title: 'sign in with the next', run: signInWithNext },
  { name: 'wrong-code', title: 'try a wrong code', run: wrongCode },
  { name: 'list', title: "list the user's tokens", run: list },
  { name: 'unassign', title: 'take it away', run: unassign },
  { name: 'again', title: 'activate it once more', run: again },
];

/** A code far from the shown one that no step has which the server looks at, even to activate. */
export function codeNobodyTakes(tour: Tour): string {
  const secret = decodeBase32(tour.seedText);
  const time = tour.clock.read()!;
  for (
    let guess = (Number(codeOf(tour)) + 500_000) % 1_000_000;
    ;
    guess = (guess + 1) % 1_000_000
  ) {
    const code = String(guess).padStart(6, '0');
    if (!verify(secret, code, { time, window: ACTIVATION_WINDOW_STEPS }).valid) return code;
  }
}
