/** The page with the token: its files, and the one thing it has to be given, a way into the server. */
import type { Hono } from 'hono';
import page from '#token-page';
import { PAGE_HEADERS } from './policy.ts';
import { SESSION_PATH } from './session-path.ts';

const FILES: readonly (readonly [path: string, type: string, content: string])[] = [
  ['/', 'text/html', page.html],
  ['/web/page.css', 'text/css', page.style],
  ['/web/page.js', 'text/javascript', page.script],
  ['/web/worker.js', 'text/javascript', page.worker],
  ['/web/scan.js', 'text/javascript', page.scanWorker],
];

export interface PageAccess {
  /** What the page sends its requests with. */
  readonly accessToken: string;
  /** Whether nobody but this computer reaches the server; else the page asks for the token. */
  readonly isLocal: boolean;
}

/** Adds the page to the server at `/`; before its first request, as all routes. */
export function addPage(hono: Hono, access: PageAccess): void {
  for (const [path, type, content] of FILES) {
    const headers = { ...PAGE_HEADERS, 'Content-Type': `${type}; charset=utf-8` };
    hono.get(path, () => new Response(content, { headers }));
  }
  hono.post(SESSION_PATH, ({ req }) => openSession(req.raw, access));
}

/**
 * Hands the page its bearer token: to the page itself, at an address of this computer. A page of
 * another site has another Origin; one that made its name point here has another Host.
 */
function openSession(request: Request, { accessToken, isLocal }: PageAccess): Response {
  const { origin, hostname } = new URL(request.url);
  const isOwnPage = request.headers.get('origin') === origin;
  if (isLocal && isOwnPage && isLoopbackName(hostname)) {
    return Response.json({ accessToken }, { headers: PAGE_HEADERS });
  }
  const message = 'The page needs the bearer token of this server.';
  return Response.json({ error: { code: 'tokenNeeded', message } }, { status: 403 });
}

function isLoopbackName(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
