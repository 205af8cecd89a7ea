import type { BoardClock } from '../../board/clock.ts';
import { type World, worldSeconds } from '../protocol.ts';

/** A token's clock in the world of the page: as far off as it is, and at a loss when it is reset. */
export class WorldClock implements BoardClock {
  #world: World;
  #skippedMilliseconds = 0;
  driftSeconds: number;
  isLost = false;
  readonly #onWrite: (driftSeconds: number) => void;
  readonly #startedAt = performance.now();

  constructor(world: World, driftSeconds: number, onWrite: (driftSeconds: number) => void) {
    this.#world = world;
    this.driftSeconds = driftSeconds;
    this.#onWrite = onWrite;
  }

  get world(): World {
    return this.#world;
  }

  /** Time that the world skips goes by for the token as well: its waits are over sooner. */
  set world(world: World) {
    const skipped = worldSeconds(world) - worldSeconds(this.#world);
    this.#skippedMilliseconds += Math.max(0, skipped) * 1000;
    this.#world = world;
  }

  read(): number | null {
    return this.isLost ? null : Math.max(0, worldSeconds(this.world) + this.driftSeconds);
  }

  write(seconds: number): void {
    this.isLost = false;
    this.drift(seconds - worldSeconds(this.world) - this.driftSeconds);
  }

  /** Moves the clock against the world's, unless that cannot be kept. */
  drift(seconds: number): void {
    this.#onWrite(this.driftSeconds + seconds);
    this.driftSeconds += seconds;
  }

  uptime(): number {
    return Math.floor(performance.now() - this.#startedAt) + this.#skippedMilliseconds;
  }
}
