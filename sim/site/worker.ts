/** The service worker: the files of the site, and its server for everything else below its folder. */
import { SiteFiles } from './files.ts';
import { SiteServer } from './server.ts';

const worker = globalThis as unknown as ServiceWorkerScope;
const folder = new URL(worker.registration.scope);
const files = new SiteFiles(folder.href);
const server = new SiteServer(folder);

worker.addEventListener('install', (event) => {
  event.waitUntil(takeOver());
});

/** Pages of the version before go on with this one's server, and are this one's when reloaded. */
async function takeOver(): Promise<void> {
  await files.keep();
  // The browser waits for everything that the version before is at, and an answer may have no end.
  worker.registration.active?.postMessage('end');
  await worker.skipWaiting();
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([files.forgetOld(), worker.clients.claim()]));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'end') server.end();
  else event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (event) => {
  const { href, search, hash } = new URL(event.request.url);
  // The standard sends requests to other hosts through here, too.
  if (!href.startsWith(folder.href)) return;
  const address = href.slice(0, href.length - search.length - hash.length);
  const isFile = event.request.method === 'GET' && files.isFile(address);
  event.respondWith(isFile ? files.find(address) : server.answer(event.request));
});
