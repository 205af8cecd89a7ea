/**
 * Clocks of a virtual board: the time of day, which a battery keeps and which can be lost, and the
 * time since power-on.
 */

export interface BoardClock {
  /** Seconds since 1970, or null when the clock has lost its time. */
  read(): number | null;
  /** Sets the time of day; seconds since 1970. */
  write(seconds: number): void;
  /** Milliseconds since power-on. */
  uptime(): number;
}

/** Follows the clock of this computer, ahead of it by `offsetSeconds`; setting it moves the offset. */
export class RealClock implements BoardClock {
  offsetSeconds: number;
  readonly #startedAt = performance.now();

  constructor(offsetSeconds = 0) {
    this.offsetSeconds = offsetSeconds;
  }

  read(): number {
    return Math.floor(Date.now() / 1000) + this.offsetSeconds;
  }

  write(seconds: number): void {
    this.offsetSeconds = seconds - Math.floor(Date.now() / 1000);
  }

  uptime(): number {
    return Math.floor(performance.now() - this.#startedAt);
  }
}

/** Stands still until it is driven: for tests, and for `--at`. */
export class DrivenClock implements BoardClock {
  #seconds: number | null;
  #uptime = 0;

  /** @param seconds since 1970; null is a clock that has lost its time */
  constructor(seconds: number | null) {
    this.#seconds = seconds;
  }

  read(): number | null {
    return this.#seconds;
  }

  write(seconds: number): void {
    this.#seconds = seconds;
  }

  uptime(): number {
    return this.#uptime;
  }

  /** Lets time pass, for the time of day and since power-on alike. */
  advance(seconds: number): void {
    if (this.#seconds !== null) this.#seconds += seconds;
    this.#uptime += seconds * 1000;
  }

  /** The battery was out: the time is lost. */
  lose(): void {
    this.#seconds = null;
  }
}
