/**
 * The one clock of the page. What it does to the token it does to the server as well; and it only
 * ever goes forward, unless somebody asks for the present: a token shows no codes of a time before
 * one that it has shown codes for.
 */
import { type World, worldSeconds } from '../protocol.ts';
import type { ServerClient } from '../server/client.ts';
import { Store } from '../store.ts';
import type { TokenClient } from '../token-client.ts';

export class WorldTime {
  readonly store = new Store<{ world: World }>({ world: { isRunning: true, offsetSeconds: 0 } });
  readonly #server: ServerClient;
  readonly #token: TokenClient;

  constructor(server: ServerClient, token: TokenClient) {
    this.#server = server;
    this.#token = token;
  }

  get now(): number {
    return worldSeconds(this.store.state.world);
  }

  /** Takes over the time that the server keeps, e.g. one that was started with a fixed clock. */
  async follow(): Promise<void> {
    await this.#tell((await this.#server.readClock()) ?? this.store.state.world);
  }

  pause(): Promise<void> {
    return this.#set({ isRunning: false, timeSeconds: this.now });
  }

  run(): Promise<void> {
    const offsetSeconds = this.now - Math.floor(Date.now() / 1000);
    return this.#set({ isRunning: true, offsetSeconds });
  }

  /** Back to the time of this computer. */
  present(): Promise<void> {
    return this.#set({ isRunning: true, offsetSeconds: 0 });
  }

  /** Stops at a time. */
  stopAt(timeSeconds: number): Promise<void> {
    return this.#set({ isRunning: false, timeSeconds });
  }

  /** Lets seconds pass at once, running or not. */
  async pass(seconds: number): Promise<void> {
    const { world } = this.store.state;
    if (world.isRunning) {
      await this.#set({ isRunning: true, offsetSeconds: world.offsetSeconds + seconds });
    } else {
      await this.#set({ isRunning: false, timeSeconds: world.timeSeconds + seconds });
    }
  }

  /** The token falls behind by `seconds`: the world goes on without it. */
  async slowDown(seconds: number): Promise<void> {
    await this.#token.drift(-seconds);
    await this.pass(seconds);
  }

  async #set(world: World): Promise<void> {
    await this.#server.setClock(world);
    await this.#tell(world);
  }

  async #tell(world: World): Promise<void> {
    this.store.set({ world });
    await this.#token.setWorld(world);
  }
}
