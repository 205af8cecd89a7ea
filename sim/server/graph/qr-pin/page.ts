import type { Hono } from 'hono';
import page from '#sign-in-page';
import { ANONYMOUS_DIALECT, type Server, serve } from '../../exchange.ts';
import { signInWithQr } from './sign-in.ts';

/** The sign-in page of a shared device, and the decision behind it; anybody may open it. */

export const SIGN_IN_PATH = '/sign-in/qr';

/** Scripts, styles and requests of this server only; the camera's picture stays in the page. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Permissions-Policy': 'camera=(self)',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

const FILES: readonly (readonly [path: string, type: string, content: string])[] = [
  [SIGN_IN_PATH, 'text/html', page.html],
  [`${SIGN_IN_PATH}/page.css`, 'text/css', page.style],
  [`${SIGN_IN_PATH}/page.js`, 'text/javascript', page.script],
];

export function addSignInPage(hono: Hono, server: Server): void {
  for (const [path, type, content] of FILES) {
    const headers = { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` };
    hono.get(path, () => new Response(content, { headers }));
  }
  hono.post(SIGN_IN_PATH, (context) => serve(server, context, signInWithQr, OPTIONS));
}

const OPTIONS = { throttled: false, logged: true, dialect: ANONYMOUS_DIALECT };
