/** Ports and hosts on the command line. */
import { fault } from './errors.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/**
 * @param least 0 where any free port is meant by it
 * @throws CliError USAGE
 */
export function parsePort(text: string, least: 0 | 1 = 0): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= least && port <= 65_535) return port;
  throw fault('USAGE', `--port is a number ${least} to 65535`);
}

/** Whether a host's name says that it is this computer. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
