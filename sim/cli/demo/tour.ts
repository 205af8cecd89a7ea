/**
 * What the tour works with: a server of its own, a token of its own, and one time for both. The
 * time is driven, so that nobody waits for the next code; it begins in the past, so that a reader
 * who goes on with the real time afterwards finds every code unused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Token } from '../../../host/token.ts';
import { DrivenClock } from '../../board/clock.ts';
import { type FileBoard, openTokenFile } from '../../board/token-file.ts';
import { ListenError, type RunningServer, startServer } from '../../server/index.ts';
import { addPage } from '../../web/page.ts';
import { AuthingPhone } from '../authing-phone.ts';
import { EmulatorClient } from '../emulator-client.ts';
import { parseEndpoint } from '../endpoint.ts';
import { GraphClient } from '../graph-client.ts';
import { CmClient } from '../mimcm/client.ts';
import { replacePrivateFile } from '../private-file.ts';
import type { Fetch } from '../transport.ts';
import type { Badge } from './badge-steps.ts';
import type { EnrolledCard } from './card-steps.ts';
import type { Login } from './login-steps.ts';
import { Wire } from './wire.ts';

export const PERIOD_SECONDS = 30;
const START_SECONDS_AGO = 900;
const TIMEOUT_MILLISECONDS = 5_000;

export const PERSON = 'helga@oathfob.example';

export interface Person {
  readonly id: string;
  /** The person's own client: knows `me` and nobody else. */
  readonly client: GraphClient;
  /** The app on the person's telephone. */
  readonly phone: AuthingPhone;
}

export class Tour {
  readonly folder: string;
  readonly server: RunningServer;
  readonly wire: Wire;
  /** The administrator's client. */
  readonly administrator: GraphClient;
  /** The administrator's controls beside the dialect. */
  readonly emulator: EmulatorClient;
  readonly clock: DrivenClock;
  readonly serialNumber: string;
  /** Filled by the steps, in their order. */
  board: FileBoard | null = null;
  token!: Token;
  person!: Person;
  /** The seed record's Base32, to look for where it must not be. */
  seedText = '';
  deviceId = '';
  /** Somebody who has the token in his hands while it is off; how the tour is broken on purpose. */
  whileOff: () => void = () => {};
  /** The code that activated the token. */
  activationCode = '';

  /** What the stories after the first one work with; filled by their steps. */
  badge!: Badge;
  login!: Login;
  smartCard!: EnrolledCard;

  private constructor(folder: string, server: RunningServer, fetch: Fetch, startSeconds: number) {
    this.folder = folder;
    this.server = server;
    this.wire = new Wire(fetch);
    this.administrator = this.clientFor(server.accessToken);
    this.emulator = new EmulatorClient({ origin: server.url, ...this.#as(server.accessToken) });
    this.clock = new DrivenClock(startSeconds);
    this.serialNumber = `DEMO-${String(startSeconds % 1_000_000).padStart(6, '0')}`;
  }

  /**
   * Starts the server; nothing else is made yet.
   * @param port  null takes the usual one, or any free one when that is in use
   */
  static async start(
    port: number | null,
    usualPort: number,
    fetch: Fetch,
    nowMilliseconds: number,
  ): Promise<Tour> {
    // In the middle of a time step: the display has time left.
    const past = Math.floor(nowMilliseconds / 1000) - START_SECONDS_AGO;
    const startSeconds = past - (past % PERIOD_SECONDS) + 9;
    const folder = mkdtempSync(join(tmpdir(), 'oathfob-demo-'));
    const database = join(folder, 'server.db');
    const listen = async (at: number) => {
      const clock = new Date(startSeconds * 1000);
      const server = await startServer({ port: at, database, clock });
      addPage(server.app.hono, { accessToken: server.accessToken, isLocal: true });
      return server;
    };
    try {
      const server = await listen(port ?? usualPort).catch((error: unknown) => {
        const isTaken = error instanceof ListenError && error.code === 'PORT_IN_USE';
        if (port === null && isTaken) return listen(0);
        throw error;
      });
      return new Tour(folder, server, fetch, startSeconds);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Switches the token off, if it was on, and on. */
  powerOn(): void {
    this.closeToken();
    this.whileOff();
    this.board = openTokenFile(this.path('fob.img'), { clock: this.clock });
    this.token = new Token(this.board);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  clientFor(accessToken: string): GraphClient {
    return new GraphClient({
      endpoint: parseEndpoint(`${this.server.url}/beta`),
      ...this.#as(accessToken),
    });
  }

  phoneOf(accessToken: string): AuthingPhone {
    return new AuthingPhone({ origin: this.server.url, ...this.#as(accessToken) });
  }

  cardClientFor(accessToken: string): CmClient {
    return new CmClient({ baseUrl: this.server.url, ...this.#as(accessToken) });
  }

  #as(accessToken: string) {
    return {
      accessToken: async () => accessToken,
      fetch: this.wire.fetch,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    };
  }

  /** Lets time pass, for server and token alike. */
  async advance(seconds: number): Promise<void> {
    this.server.app.clock.advance(seconds * 1000);
    this.advanceToken(seconds);
  }

  advanceToken(seconds: number): void {
    this.clock.advance(seconds);
    this.token.tick();
  }

  /** The code on the display, or null. */
  get code(): string | null {
    return this.token.code;
  }

  /** From now on server and token go by the time of this computer. */
  goLive(): void {
    this.server.app.clock.set({ mode: 'real', offsetMilliseconds: 0 });
    this.closeToken();
    replacePrivateFile(this.path('admin.token'), `${this.server.accessToken}\n`);
  }

  closeToken(): void {
    this.board?.close();
    this.board = null;
  }

  /** Takes everything down and away. */
  async end(): Promise<void> {
    this.closeToken();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
