import { DEFAULT_PORT } from '../../server/default-port.ts';

/**
 * Where a terminal finds the server of this page. One that is the page's own service worker it does
 * not find: there it has to be the one that the command line starts.
 */
export function terminalAddress(): string {
  return navigator.serviceWorker?.controller ? `http://127.0.0.1:${DEFAULT_PORT}` : location.origin;
}
