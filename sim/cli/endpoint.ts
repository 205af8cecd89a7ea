/** Where a Graph-shaped server is. */
import { type CliError, fault } from './errors.ts';

export interface Endpoint {
  /** Without version and without a slash at the end: the official client appends the version. */
  readonly baseUrl: string;
  readonly version: 'beta' | 'v1.0';
  readonly hostName: string;
  readonly isEncrypted: boolean;
}

/**
 * Reads an endpoint; without a version it means `beta`, the only one with hardware tokens.
 * @throws CliError USAGE; also for http to another computer, where the bearer token would travel
 *   for everyone to read
 */
export function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw badEndpoint('--endpoint is not an http or https address');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw badEndpoint('--endpoint is an address without user, question mark and hash sign');
  }
  const isEncrypted = url.protocol === 'https:';
  if (!isEncrypted && !isThisComputer(url.hostname)) {
    throw badEndpoint('--endpoint on another computer needs https');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const version = /\/(beta|v1\.0)$/i.exec(path)?.[1]?.toLowerCase() as 'beta' | 'v1.0' | undefined;
  const base = version === undefined ? path : path.slice(0, -version.length - 1);
  const hostName = url.hostname.toLowerCase();
  return { baseUrl: `${url.origin}${base}`, version: version ?? 'beta', hostName, isEncrypted };
}

function isThisComputer(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '[::1]' || /^127(?:\.\d+){3}$/.test(hostName);
}

function badEndpoint(message: string): CliError {
  return fault('USAGE', message, 'for example --endpoint http://127.0.0.1:6284/beta');
}
