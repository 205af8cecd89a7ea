import { tooMany } from './graph/errors.ts';
import type { ThrottleSetting } from './store/records.ts';

interface Window {
  startedAt: number;
  count: number;
}

/**
 * The request rate of each bearer token, in windows that follow one another on the machine's
 * clock (a client that is told to wait really waits). Only the setting is saved; the counts are
 * the moment's and start anew with the server.
 */
export class Throttle {
  readonly #windows = new Map<string, Window>();

  /** Counts one request. @throws Refusal `throttled` when the window is full */
  admit(setting: NonNullable<ThrottleSetting>, caller: string, nowMilliseconds: number): void {
    const length = setting.windowSeconds * 1000;
    let window = this.#windows.get(caller);
    if (!window || nowMilliseconds - window.startedAt >= length) {
      window = { startedAt: nowMilliseconds, count: 0 };
      this.#windows.set(caller, window);
    }
    window.count += 1;
    if (window.count > setting.requests) {
      throw tooMany('throttled', window.startedAt + length - nowMilliseconds);
    }
  }

  clear(): void {
    this.#windows.clear();
  }
}
