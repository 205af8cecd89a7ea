/** The server of the site: the app that Node runs behind a socket, here behind the page's requests. */
import { type App, createApp, plainError } from '../server/app.ts';
import { settled } from '../server/settled.ts';
import { openIndexedDb } from '../server/store/indexed-db.ts';
import { PAGE_HEADERS } from '../web/policy.ts';
import { SESSION_PATH } from '../web/session-path.ts';

/** The app between an opening of its database and the loss of it. */
interface Run {
  readonly app: Promise<App>;
  /** For the pages of this run; they ask again when it is over (sim/web/server/client.ts). */
  accessToken?: Promise<string>;
}

export class SiteServer {
  readonly #folder: URL;
  #run: Run | undefined;

  /** @param folder  address of the folder of the site, with its `/` at the end */
  constructor(folder: URL) {
    this.#folder = folder;
  }

  /** @returns the app's answer; 503 where there is no database, until there is one */
  async answer(request: Request): Promise<Response> {
    const inside = await this.#withoutFolder(request);
    const run = this.#run ?? this.#start();
    try {
      const app = await run.app;
      return await (isForSession(request, inside) ? openSession(app, run) : app.fetch(inside));
    } catch {
      this.#end(run);
      return plainError('storeFailed');
    }
  }

  /** Ends what is open, e.g. streams; a request that comes all the same opens it anew. */
  end(): void {
    if (this.#run) this.#end(this.#run);
  }

  /**
   * The state in memory is the truth while a server runs, so that there can be only one. A new
   * version of the worker takes over from the old one, whose changes are refused from then on.
   */
  #start(): Run {
    const { pathname } = this.#folder;
    const name = `oathfob ${pathname}`;
    const end = () => this.#end(run);
    navigator.locks.request(name, { steal: true }, () => new Promise(() => {})).catch(end);
    const opening = openIndexedDb(name, end);
    const basePath = pathname.slice(0, -1);
    const run: Run = { app: opening.then((persistence) => createApp({ persistence, basePath })) };
    this.#run = run;
    return run;
  }

  /** The next request opens the database anew. */
  #end(run: Run): void {
    if (this.#run === run) this.#run = undefined;
    run.app.then((app) => app.close()).catch(() => {});
  }

  /** The same request as the server would see it at the root of a host. */
  async #withoutFolder(request: Request): Promise<Request> {
    const { method, headers } = request;
    const { origin, pathname, search } = new URL(request.url);
    const path = pathname.slice(this.#folder.pathname.length - 1);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    return new Request(origin + path + search, {
      method,
      headers,
      ...(hasBody && { body: await request.arrayBuffer() }),
    });
  }
}

/** Fetched by a page; a form that another site sends here is a navigation. */
function isForSession({ mode }: Request, { method, url }: Request): boolean {
  return mode !== 'navigate' && method === 'POST' && new URL(url).pathname === SESSION_PATH;
}

/**
 * Hands the page its bearer token. Whoever asks is a page of this folder: the browser gives this
 * worker the requests of no other.
 */
async function openSession(app: App, run: Run): Promise<Response> {
  run.accessToken ??= settled(app.state, async (step) => step(() => welcome(app)));
  return Response.json({ accessToken: await run.accessToken }, { headers: PAGE_HEADERS });
}

/** A new server takes hardware tokens, like that of the command line (sim/cli/commands/serve.ts). */
function welcome({ state, issueAdministratorToken }: App): string {
  if (state.users().length === 0) {
    const { hardwareOathPolicy } = state.settings;
    state.saveSettings({ hardwareOathPolicy: { ...hardwareOathPolicy, state: 'enabled' } });
  }
  return issueAdministratorToken(false).accessToken;
}
