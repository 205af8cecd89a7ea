/**
 * The static site: the flows of the page with nobody there but its own service worker, the network
 * off and the host gone; and what only a site has to stand.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { actElsewhere } from './scene.ts';
import { buildSite, visitThenGoOffline } from './site.ts';

const root = await mkdtemp(join(tmpdir(), 'oathfob-site-'));
await buildSite(root);
afterAll(() => rm(root, { recursive: true }));

actElsewhere(visitThenGoOffline(root));
await import('./web.test.ts');
