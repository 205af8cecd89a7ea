/** The files of the site, kept with the version of the worker that they belong to. */
import { hexadecimal } from '../bytes.ts';
import { PAGE_HEADERS } from '../web/policy.ts';

/** Versions whose files stay: this one, and the one before, of which a page may still be open. */
const VERSIONS_KEPT = 2;

/** The page alone changes whenever one of the files does. */
const version = SITE_FILES.find(({ path }) => path === '')!.sha256;

export class SiteFiles {
  readonly #folder: string;
  readonly #prefix: string;

  /** @param folder  absolute address, with its `/`; other sites of the same host have theirs */
  constructor(folder: string) {
    this.#folder = folder;
    this.#prefix = `oathfob ${folder} `;
  }

  /**
   * Gets every file, past all caches in between, which may hold one of another version.
   * @throws Error (as a rejection) unless all of them are those that the worker was built with
   */
  async keep(): Promise<void> {
    const cache = await caches.open(this.#prefix + version);
    await Promise.all(
      SITE_FILES.map(async ({ path, type, sha256 }) => {
        const address = this.#folder + path;
        const response = await fetch(address, { cache: 'reload' });
        const bytes = await response.arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        if (hexadecimal(digest) !== sha256) throw new Error(`another version of /${path}`);
        const headers = { ...PAGE_HEADERS, 'Content-Type': type };
        await cache.put(address, new Response(bytes, { headers }));
      }),
    );
  }

  async forgetOld(): Promise<void> {
    const names = (await caches.keys()).filter((name) => name.startsWith(this.#prefix));
    const old = names.filter((name) => name !== this.#prefix + version);
    // In the order in which they were made.
    const forgotten = old.slice(0, Math.max(0, old.length - (VERSIONS_KEPT - 1)));
    await Promise.all(forgotten.map((name) => caches.delete(name)));
  }

  /** Whether something is a file of the site, of any version. */
  isFile(address: string): boolean {
    return /^(?:index\.html|page-\w+\/.*)?$/.test(address.slice(this.#folder.length));
  }

  /** The file at this address, of this version or the one before. */
  async find(address: string): Promise<Response> {
    const name = address === `${this.#folder}index.html` ? this.#folder : address;
    const cache = await caches.open(this.#prefix + version);
    // A browser that has thrown the files away has to get them again.
    return (await cache.match(name)) ?? (await caches.match(name)) ?? fetch(name);
  }
}
