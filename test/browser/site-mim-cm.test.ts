/** The panel of web-mim-cm.test.ts on the static site, its host gone. */
import { actElsewhere } from './scene.ts';
import { builtSite, visitThenGoOffline } from './site.ts';

actElsewhere(visitThenGoOffline(await builtSite()));
await import('./web-mim-cm.test.ts');
