import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Reply } from './support.ts';

/** One documented exchange: a request, and what its answer must look like. */
export interface Fixture {
  name: string;
  given?: string;
  clock?: string;
  method: string;
  path: string;
  requestHeaders?: Record<string, string | null>;
  requestBody?: unknown;
  status: number;
  alsoAcceptStatus?: number[];
  responseHeaders?: Record<string, string>;
  responseBody?: unknown;
  /** JSON pointers (RFC 6901) to what is compared by its type only. */
  dynamic?: string[];
}

export function readFixtures(name: string): Fixture[] {
  const url = new URL(`./fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')).entries;
}

/** The answer has the documented status, headers and shape. */
export function expectDocumented(reply: Reply, fixture: Fixture): void {
  expect([fixture.status, ...(fixture.alsoAcceptStatus ?? [])]).toContain(reply.status);
  for (const [header, value] of Object.entries(fixture.responseHeaders ?? {})) {
    expect(reply.headers.get(header)).toBe(value);
  }
  if (reply.status === 204) {
    expect(reply.text).toBe('');
    expect(reply.headers.get('content-type')).toBeNull();
  } else {
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(byType(reply.body, fixture)).toEqual(byType(fixture.responseBody, fixture));
  }
}

/** The body with every dynamic place replaced by the name of its type. */
export function byType(body: unknown, { dynamic = [] }: Pick<Fixture, 'dynamic'>): unknown {
  const copy = structuredClone(body);
  for (const pointer of dynamic) {
    const keys = pointer
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop()!;
    // biome-ignore lint/suspicious/noExplicitAny: walks a body of any shape
    const parent = keys.reduce((value: any, key) => value?.[key], copy);
    if (parent && last in parent) parent[last] = typeOf(parent[last]);
  }
  return copy;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
