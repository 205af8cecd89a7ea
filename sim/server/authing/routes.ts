import type { Context, Hono } from 'hono';
import type { Server } from '../exchange.ts';
import { settled } from '../settled.ts';
import { preflight } from './cors.ts';
import { AUTHING_REFUSALS, AuthingRefusal, type AuthingRefusalName } from './errors.ts';
import * as oidc from './oidc.ts';
import { payloadOf, qrPicture } from './picture.ts';
import {
  type AuthingOperation,
  type Format,
  type QuickCall,
  refusalOf,
  serveAuthing,
} from './serve.ts';
import * as v2 from './v2.ts';
import * as v3 from './v3.ts';

type Route = readonly [verb: 'GET' | 'POST', path: string, operation: AuthingOperation];

const V3: readonly Route[] = [
  ['POST', '/gene-qrcode', v3.geneQrCode],
  ['GET', '/check-qrcode-status', v3.checkQrCodeStatus],
  ['GET', '/get-qrcode-status', v3.getQrCodeStatus],
  ['POST', '/change-qrcode-status', v3.changeQrCodeStatus],
  ['POST', '/set-qrcode-status', v3.setQrCodeStatus],
  ['POST', '/exchange-tokenset-with-qrcode-ticket', v3.exchangeTicket],
  ['POST', '/get-management-token', v3.getManagementToken],
  ['GET', '/get-profile', v3.getProfile],
];

const V2_QUERIES: readonly Route[] = [
  ['POST', '/gene', v2.gene],
  ['GET', '/check', v2.check],
];

const V2: readonly Route[] = [
  ['POST', '/scanned', v2.actionOf('SCAN')],
  ['POST', '/confirm', v2.actionOf('CONFIRM')],
  ['POST', '/cancel', v2.actionOf('CANCEL')],
  ['POST', '/userinfo', v2.exchangeUserInfo],
];

const OIDC: readonly Route[] = [
  ['GET', '/oidc/.well-known/jwks.json', oidc.keySet],
  ['GET', '/:application/oidc/.well-known/jwks.json', oidc.keySet],
  ['GET', '/oidc/me', oidc.userInfo],
  ['POST', '/oidc/me', oidc.userInfo],
];

/** Both spellings of the v2 root are the vendor's. */
const V2_ROOTS = ['/api/v2/qrcode', '/api/qrcode'];

/** Adds the Authing dialect to the server; it has the folders /api, /oidc and /qr to itself. */
export function addAuthing(hono: Hono, server: Server): void {
  const add = (format: Format, root: string, routes: readonly Route[]) => {
    for (const [verb, path, operation] of routes) {
      hono.options(root + path, ({ req }) => preflight(req.raw.headers));
      hono.on(verb, root + path, (context) => serveAuthing(server, context, format, operation));
    }
    for (const [, path] of routes) {
      hono.all(root + path, (context) => serveAuthing(server, context, format, refuseVerb));
    }
  };
  add('v3', '/api/v3', V3);
  for (const root of V2_ROOTS) {
    add('v2-query', root, V2_QUERIES);
    add('v2', root, V2);
  }
  add('oidc', '', OIDC);
  hono.get('/qr/:file', (context) => picture(server, context));
  hono.get('/logo.svg', () => svg(LOGO));
  hono.all('/api/*', (context) => serveAuthing(server, context, 'v3', refuseAddress));
  hono.all('/oidc/*', (context) => serveAuthing(server, context, 'oidc', refuseAddress));
}

const refuseVerb: QuickCall = () => {
  throw new AuthingRefusal('verbNotAllowed');
};

const refuseAddress: QuickCall = () => {
  throw new AuthingRefusal('addressUnknown');
};

/** What the `url` of a new code points to. Any page may draw it, from whatever origin. */
async function picture(server: Server, { req }: Context): Promise<Response> {
  const [, id = ''] = /^([A-Za-z0-9]{1,64})\.png$/.exec(req.param('file') ?? '') ?? [];
  try {
    const bytes = await pictureOf(server, id);
    if (!bytes) return noPicture('qrCodeUnknown');
    const headers = { ...ANY_ORIGIN, 'content-type': 'image/png', 'cache-control': 'no-store' };
    return new Response(bytes, { headers });
  } catch (error) {
    return noPicture(refusalOf(error).refusal);
  }
}

/** @throws StoreError; RangeError for a code that an older version let have too long a text */
async function pictureOf({ state, authing }: Server, id: string) {
  const code = await settled(state, async (step) => step(() => authing.qrCodes.get(id)));
  return code && qrPicture(payloadOf(code));
}

/** Who asks for a picture is an `<img>` or a person: no envelope of any dialect is due to them. */
function noPicture(refusal: AuthingRefusalName): Response {
  const [status, , message] = AUTHING_REFUSALS[refusal];
  return new Response(message, { status, headers: ANY_ORIGIN });
}

function svg(text: string): Response {
  return new Response(text, { headers: { ...ANY_ORIGIN, 'content-type': 'image/svg+xml' } });
}

const ANY_ORIGIN = { 'access-control-allow-origin': '*' };

/** What `customLogoUrl` points to: a key fob. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#fff"/><rect x="20" y="12" width="24" height="42" rx="10"/><circle cx="32" cy="18" r="3" fill="#fff"/><rect x="25" y="26" width="14" height="9" fill="#fff"/></svg>
`;
