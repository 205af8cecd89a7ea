/** The vendor's browser clients call from the pages of whoever uses them, with cookies. */

const ALLOWED_HEADER = /^(?:accept|authorization|content-type|x-(?:authing|genauth)-[a-z0-9-]+)$/;

/** For every answer to a page: its origin is let in, whichever it is. */
export function corsHeaders(headers: Headers): Record<string, string> {
  const origin = headers.get('origin');
  if (origin === null) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
}

/** The answer to a preflight: of the headers asked for, those that the dialect knows. */
export function preflight(headers: Headers): Response {
  const asked = headers.get('access-control-request-headers') ?? '';
  const allowed = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => ALLOWED_HEADER.test(name));
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders(headers),
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': allowed.join(', '),
      'access-control-max-age': '600',
    },
  });
}
