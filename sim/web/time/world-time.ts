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
  /** Whether there was nobody to tell of the last change. */
  #isUntold = false;
  /** Settled when the last change that was asked for is done. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(server: ServerClient, token: TokenClient) {
    this.#server = server;
    this.#token = token;
  }

  get now(): number {
    return worldSeconds(this.store.state.world);
  }

  /** Takes over the time that the server keeps, e.g. one that was started with a fixed clock. */
  follow(): Promise<void> {
    return this.#inTurn(async () => {
      const world = await this.#server.readClock();
      if (world) this.#isUntold = false;
      await this.#tell(world ?? this.store.state.world);
    });
  }

  /** The server was away: it is told of what has changed here meanwhile, if anything has. */
  meet(): Promise<void> {
    return this.#isUntold ? this.#change((world) => world) : this.follow();
  }

  pause(): Promise<void> {
    return this.#change(() => ({ isRunning: false, timeSeconds: this.now }));
  }

  run(): Promise<void> {
    return this.#change(() => {
      const offsetSeconds = this.now - Math.floor(Date.now() / 1000);
      return { isRunning: true, offsetSeconds };
    });
  }

  /** Back to the time of this computer. */
  present(): Promise<void> {
    return this.#change(() => ({ isRunning: true, offsetSeconds: 0 }));
  }

  /**
   * Stops where the token's next step begins, or a little before.
   * @param driftSeconds  by how much the token is ahead: the code is its, and so are the steps
   * @param earlySeconds  0 .. periodSeconds - 1
   */
  stopAtNextStep(periodSeconds: number, driftSeconds: number, earlySeconds = 0): Promise<void> {
    return this.#change(() => {
      const untilNext = periodSeconds - ((this.now + driftSeconds) % periodSeconds);
      return { isRunning: false, timeSeconds: this.now + untilNext - earlySeconds };
    });
  }

  /** Lets seconds pass at once, running or not. */
  pass(seconds: number): Promise<void> {
    return this.#change((world) =>
      world.isRunning
        ? { isRunning: true, offsetSeconds: world.offsetSeconds + seconds }
        : { isRunning: false, timeSeconds: world.timeSeconds + seconds },
    );
  }

  /** Lets time pass until a moment of which the whole seconds are known: one that runs is within one. */
  async passUntil(seconds: number): Promise<void> {
    const { world } = this.store.state;
    const wait = seconds - this.now + (world.isRunning ? 1 : 0);
    if (wait > 0) await this.pass(wait);
  }

  /** Settled when the token shows what is of now: left alone, it looks at its clock now and then. */
  async arrive(): Promise<void> {
    await this.#token.setWorld(this.store.state.world);
  }

  /** The token falls behind by `seconds`: the world goes on without it. */
  async slowDown(seconds: number): Promise<void> {
    await this.#token.drift(-seconds);
    await this.pass(seconds);
  }

  /** Changes wait for each other, and each begins where the one before ended: two clicks are two steps. */
  #change(next: (world: World) => World): Promise<void> {
    return this.#inTurn(async () => {
      const world = next(this.store.state.world);
      this.#isUntold = !(await this.#server.setClock(world));
      await this.#tell(world);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const change = this.#lastChange.then(work);
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  async #tell(world: World): Promise<void> {
    this.store.set({ world });
    await this.#token.setWorld(world);
  }
}
