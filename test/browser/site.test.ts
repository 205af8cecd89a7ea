/** The flows of the page with nobody there but its own service worker: network off, host gone. */
import { actElsewhere } from './scene.ts';
import { builtSite, visitThenGoOffline } from './site.ts';

actElsewhere(visitThenGoOffline(await builtSite()));
await import('./web.test.ts');
