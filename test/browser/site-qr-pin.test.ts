/** The panel of web-qr-pin.test.ts on the static site, its host gone. */
import { actElsewhere } from './scene.ts';
import { builtSite, visitThenGoOffline } from './site.ts';

actElsewhere(visitThenGoOffline(await builtSite()));
await import('./web-qr-pin.test.ts');
