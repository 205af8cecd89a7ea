/** What the page may do in a browser, served or as files of a static site. */

/**
 * Scripts, styles and requests of this server only. The firmware is WebAssembly, which the policy
 * names apart; blobs are the files that the page saves, and the pictures that it is shown.
 */
const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
];

/** For a document that says it itself, which cannot say who may frame it (CSP 3 §3.3). */
export const DOCUMENT_POLICY = DIRECTIVES.join('; ');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [...DIRECTIVES, "frame-ancestors 'none'"].join('; '),
  'Permissions-Policy': 'camera=(self)',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};
