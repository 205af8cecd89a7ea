import type { ClockSetting } from './store/records.ts';
import type { State } from './store/state.ts';

/** The server's time: what codes, dates and pauses go by. Its mode is part of the saved state. */
export class Clock {
  readonly #state: State;
  readonly #machineMilliseconds: () => number;

  constructor(state: State, machineMilliseconds: () => number) {
    this.#state = state;
    this.#machineMilliseconds = machineMilliseconds;
  }

  /** Milliseconds since 1970 on the server's clock. */
  now(): number {
    const setting = this.#state.settings.clock;
    if (setting.mode === 'fixed') return setting.timeMilliseconds;
    return this.#machineMilliseconds() + setting.offsetMilliseconds;
  }

  /** The machine's own time, which no one moves: for request rates. */
  machineNow(): number {
    return this.#machineMilliseconds();
  }

  set(clock: ClockSetting): void {
    this.#state.saveSettings({ clock });
  }

  /** Moves the time on (or back, with a negative figure) and keeps the mode. */
  advance(milliseconds: number): void {
    const setting = this.#state.settings.clock;
    this.set(
      setting.mode === 'fixed'
        ? { mode: 'fixed', timeMilliseconds: setting.timeMilliseconds + milliseconds }
        : { mode: 'real', offsetMilliseconds: setting.offsetMilliseconds + milliseconds },
    );
  }
}
