/** The page of the static site: its server is a service worker, which has to be there first. */
import { start } from '../web/start.tsx';

/** Settles when the worker answers this page's requests, or cannot be had. */
async function workerIsThere(): Promise<void> {
  const { serviceWorker } = navigator;
  // Only pages of this computer and of https have one.
  if (!serviceWorker) return;
  const taken = new Promise<Event>((resolve) => {
    serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
  const registration = await serviceWorker.register(new URL('server.js', document.baseURI), {
    updateViaCache: 'none',
  });
  if (serviceWorker.controller) return;
  const { installing } = registration;
  if (installing && !(await isInstalled(installing))) return;
  // One that was there already passes a page by that was reloaded in spite of it.
  (await serviceWorker.ready).active?.postMessage('claim');
  await taken;
}

/** False for a worker that could not get its files. */
function isInstalled(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'redundant') resolve(false);
      else if (worker.state !== 'installing') resolve(true);
    });
  });
}

// Without a server the page is still a token.
await start(workerIsThere().catch(() => {}));
