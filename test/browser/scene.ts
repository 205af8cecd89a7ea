/** The page with somebody to answer it. Its flows are the same, whoever that is. */
import type { Browser } from 'playwright-core';
import { openTab, START, serveThePage, type Tab } from './web-page.ts';

export interface Scene {
  readonly tab: Tab;
  readonly url: string;
  /** Milliseconds since 1970 on the server's clock. */
  now(): Promise<number>;
  close(): Promise<void>;
}

/** @param clock  a moment at which the server's time stands, or `real` */
export type OpenScene = (browser: Browser, clock: Date | 'real') => Promise<Scene>;

/** A server, and a page that it has sent. */
const serve: OpenScene = async (browser, clock) => {
  const server = await serveThePage(clock);
  const tab = await openTab(browser, server.url);
  return {
    tab,
    url: server.url,
    now: async () => server.app.clock.now(),
    close: async () => {
      await tab.page.context().close();
      await server.close();
    },
  };
};

let open = serve;

/** Has the flows that are imported after this acted out in another way. */
export function actElsewhere(elsewhere: OpenScene): void {
  open = elsewhere;
}

export const openScene = (browser: Browser, clock: Date | 'real' = START) => open(browser, clock);
