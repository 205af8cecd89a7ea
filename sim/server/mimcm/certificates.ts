import * as z from 'zod';
import { hexadecimal } from '../../bytes.ts';
import { type Answer, type Exchange, NO_CONTENT, type SlowExchange } from '../exchange.ts';
import { cardOf } from './cards.ts';
import { personOf } from './dialect.ts';
import { CmRefusal } from './errors.ts';
import { blob, parseCmBody, toBase64 } from './input.ts';
import { CardStatus, type CmCertificate, cmCards, isRunning, isUsable } from './records.ts';
import { cardOfTarget, requestOf } from './requests.ts';
import * as shapes from './shapes.ts';

/**
 * Certificates, as far as an enrolment needs them to be answered. The emulator is no certification
 * authority: what it returns in place of a certificate is a marker with the request's digest, and
 * what it lists is the marker.
 */

export function getGenerationOptions(exchange: Exchange): Answer {
  boundCard(exchange);
  const options = {
    Subject: '',
    KeyAlgorithmName: 'RSA',
    KeySize: 2048,
    FriendlyName: '',
    HashAlgorithmName: 'SHA1',
    KeyStorageProviderNames: ['Emulated Smart Card Key Storage Provider'],
    Exportable: 0,
    KeyProtectionLevel: 0,
    KeyUsages: 3,
  };
  return { status: 200, body: [options] };
}

const submission = z.object({
  pfxpassword: z.string().max(256),
  certificaterequests: z.array(blob).min(1).max(shapes.MAX_CERTIFICATES),
  comments: z.string().max(4_096),
});

const YEAR_MILLISECONDS = 365 * 86_400_000;

export async function submitCertificateRequests(exchange: SlowExchange): Promise<Answer> {
  exchange.decide(boundCard);
  const { certificaterequests } = parseCmBody(submission, exchange.body);
  const issued = await Promise.all(certificaterequests.map((bytes) => markerFor(bytes)));
  const { timeMilliseconds } = exchange;
  const certificates = issued.map(
    ({ thumbprint }): CmCertificate => ({
      serialNumber: hexadecimal(crypto.getRandomValues(new Uint8Array(16))).toUpperCase(),
      thumbprint,
      notBefore: timeMilliseconds,
      notAfter: timeMilliseconds + YEAR_MILLISECONDS,
    }),
  );
  // The digests took another turn of the event loop: the card may have been given up meanwhile.
  exchange.decide((now) => cmCards(now.state).save({ ...boundCard(now), certificates }));
  return { status: 200, body: issued.map(({ blob: marker }) => issuedBody(marker)) };
}

async function markerFor(request: Uint8Array): Promise<{ blob: string; thumbprint: string }> {
  const digest = await digestOf('SHA-256', request);
  const marker = new TextEncoder().encode(`EMU-PKCS7 ${hexadecimal(digest)}`);
  const thumbprint = hexadecimal(await digestOf('SHA-1', marker)).toUpperCase();
  return { blob: `${toBase64(marker)}\r\n`, thumbprint };
}

async function digestOf(algorithm: 'SHA-1' | 'SHA-256', bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, Uint8Array.from(bytes)));
}

/** As the vendor's page has it: what the certificate was asked for with, not what is in it. */
const FLAGS = 65_536;

function issuedBody(marker: string) {
  return {
    TemplateCommonName: shapes.TEMPLATE_COMMON_NAME,
    CertificateId: 0,
    Flags: FLAGS,
    UseLocalMachineStore: false,
    Error: null,
    Pkcs7: marker,
    Pfx: null,
    IsExternal: false,
    isServerGenerated: false,
    isPfx: false,
    isPkcs7: true,
    isKeyHistory: false,
  };
}

export function listCardCertificates(exchange: Exchange): Answer {
  const { certificates } = cardOf(exchange);
  if (certificates.length === 0) return NO_CONTENT;
  return { status: 200, body: certificates.map(shapes.certificateBody) };
}

/** Of all the sender's cards, those out of use left out. */
export function listUserCertificates(exchange: Exchange): Answer {
  const person = personOf(exchange);
  const cards = cmCards(exchange.state).filter(
    ({ userId, status }) => userId === person.id && status === CardStatus.Active,
  );
  const body = cards
    .flatMap(({ certificates }) => certificates)
    .map((certificate) => shapes.userCertificateBody(certificate, person.userPrincipalName));
  return body.length > 0 ? { status: 200, body } : NO_CONTENT;
}

/** Every template here makes smart cards, so that there are no software profiles to list. */
export function listProfiles(exchange: Exchange): Answer {
  personOf(exchange);
  return NO_CONTENT;
}

export function listProfilesOfRequest(exchange: Exchange): Answer {
  requestOf(exchange);
  return NO_CONTENT;
}

export function refuseProfile(): Answer {
  throw new CmRefusal('forbidden');
}

/** The card of a running request. */
function boundCard(exchange: Exchange) {
  const request = requestOf(exchange);
  const card = cardOfTarget(exchange.state, request);
  if (!isRunning(request) || !card || !isUsable(card)) throw new CmRefusal('forbidden');
  return card;
}
