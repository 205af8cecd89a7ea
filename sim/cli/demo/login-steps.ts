/** The steps about Authing: a web page shows a QR code, and the token's code says who confirms it. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { CliError } from '../errors.ts';
import { loginIdOf, textOfPicture } from '../login-qr.ts';
import { type Account, codeOf, demand, passage, type Step } from './step.ts';
import { PERIOD_SECONDS, type Tour } from './tour.ts';

/** One login, as the page that shows its code knows it. */
export interface Login {
  readonly applicationId: string;
  readonly qrcodeId: string;
  readonly pictureUrl: string;
  /** Once it is confirmed; used up by the exchange. */
  readonly ticket: string;
}

interface Envelope<Data> {
  readonly statusCode: number;
  readonly message: string;
  readonly data: Data;
}

async function generate(tour: Tour): Promise<Account> {
  const { id: applicationId } = await tour.emulator.authingApplication();
  const made = await call<{ qrcodeId: string; url: string }>(tour, applicationId, 'gene-qrcode', {
    type: 'MOBILE_APP',
  });
  demand(made.statusCode === 200, `no QR code was made: ${made.message}`);
  const { qrcodeId, url: pictureUrl } = made.data;
  tour.login = { applicationId, qrcodeId, pictureUrl, ticket: '' };
  return passage(tour, `${qrcodeId.slice(0, 6)}…`);
}

async function readPicture(tour: Tour): Promise<Account> {
  const { pictureUrl, qrcodeId } = tour.login;
  const response = await tour.wire.fetch(pictureUrl);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const found = loginIdOf(textOfPicture(bytes, 'the answer'));
  demand(found === qrcodeId, 'the picture is that of another login');
  return { sent: 'GET /qr/….png, decode it', received: `${found.slice(0, 6)}…` };
}

async function poll(tour: Tour): Promise<Account> {
  await statusMustBe(tour, 'PENDING');
  return passage(tour, 'PENDING');
}

async function scan(tour: Tour): Promise<Account> {
  await tour.person.phone.act(tour.login.qrcodeId, 'SCAN');
  const { briefUserInfo } = await statusMustBe(tour, 'SCANNED');
  demand(briefUserInfo?.displayName === 'Helga', 'it was scanned by somebody else');
  return { sent: 'POST …/set-qrcode-status SCAN', received: 'SCANNED by Helga' };
}

async function confirmStale(tour: Tour): Promise<Account> {
  const code = codeOf(tour);
  const { accepted } = await tour.emulator.signIn(tour.serialNumber, code);
  demand(accepted, 'the code was refused where it was used first');
  const message = await confirm(tour, code).then(
    () => null,
    (error: unknown) => {
      if (error instanceof CliError) return error.message;
      throw error;
    },
  );
  demand(message !== null, 'a used code confirmed the login');
  demand(message.includes('accepted before'), `refused for another reason: ${message}`);
  await statusMustBe(tour, 'SCANNED');
  return { sent: `sign in with ${code}; CONFIRM with it`, received: 'refused, still SCANNED' };
}

async function confirmFresh(tour: Tour): Promise<Account> {
  await tour.advance(PERIOD_SECONDS);
  const code = codeOf(tour);
  await confirm(tour, code);
  const { ticket = '' } = await statusMustBe(tour, 'AUTHORIZED');
  demand(ticket !== '', 'the login has no ticket');
  tour.login = { ...tour.login, ticket };
  return { sent: `30 s later, CONFIRM with ${code}`, received: 'AUTHORIZED, with a ticket' };
}

async function exchange(tour: Tour): Promise<Account> {
  const { statusCode, message, data } = await exchangeTicket(tour);
  demand(statusCode === 200, `no tokens came for the ticket: ${message}`);
  const keys = await tour.wire.json<JSONWebKeySet>(`${tour.server.url}/oidc/.well-known/jwks.json`);
  const { payload, protectedHeader } = await jwtVerify(data.id_token, createLocalJWKSet(keys), {
    audience: tour.login.applicationId,
    issuer: `${tour.server.url}/oidc`,
    currentDate: new Date(tour.clock.read()! * 1000),
  });
  demand(payload.name === 'Helga', 'the ID token is that of somebody else');
  return {
    sent: 'exchange it; GET …/jwks.json',
    received: `ID token of ${payload.name}, ${protectedHeader.alg} holds`,
  };
}

async function exchangeAgain(tour: Tour): Promise<Account> {
  const { statusCode } = await exchangeTicket(tour);
  demand(statusCode === 422, `the used ticket was answered ${statusCode}, not 422`);
  return { sent: 'exchange it again', received: `refused: ${statusCode}` };
}

export const LOGIN_STEPS: readonly Step[] = [
  { name: 'login', title: 'ask for a QR code', run: generate },
  { name: 'login-read', title: 'read its picture', run: readPicture },
  { name: 'login-poll', title: 'ask how it stands', run: poll },
  { name: 'login-scan', title: 'scan it', run: scan },
  { name: 'login-stale', title: 'confirm, used code', run: confirmStale },
  { name: 'login-confirm', title: 'confirm, fresh code', run: confirmFresh },
  { name: 'login-tokens', title: 'get the tokens', run: exchange },
  { name: 'login-ticket', title: 'replay the ticket', run: exchangeAgain },
];

/** The web page's side, which is nobody in particular. */
function call<Data>(
  { wire, server }: Tour,
  applicationId: string,
  path: string,
  body?: object,
): Promise<Envelope<Data>> {
  const headers = { 'x-authing-app-id': applicationId };
  return wire.json<Envelope<Data>>(`${server.url}/api/v3/${path}`, body, headers);
}

interface Status {
  readonly status: string;
  readonly ticket?: string;
  readonly briefUserInfo?: { readonly displayName: string };
}

async function statusMustBe(tour: Tour, wanted: string): Promise<Status> {
  const { applicationId, qrcodeId } = tour.login;
  const path = `get-qrcode-status?qrcodeId=${qrcodeId}`;
  const { data } = await call<Status>(tour, applicationId, path);
  demand(data.status === wanted, `the login is ${data.status}, not ${wanted}`);
  return data;
}

function confirm({ person, login, serialNumber }: Tour, code: string): Promise<void> {
  return person.phone.act(login.qrcodeId, 'CONFIRM', { serialNumber, code });
}

function exchangeTicket(tour: Tour): Promise<Envelope<{ readonly id_token: string }>> {
  const { applicationId, ticket } = tour.login;
  return call(tour, applicationId, 'exchange-tokenset-with-qrcode-ticket', { ticket });
}
