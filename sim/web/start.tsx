import { render } from 'preact';
import { App } from './app.tsx';
import { Bench } from './bench.ts';
import { followFocus } from './focus.ts';

/**
 * Starts the worker with the token, and draws what there is.
 * @param served  settled once there is a server to ask
 */
export async function start(served: Promise<void>): Promise<void> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const bench = new Bench(worker);
  render(<App bench={bench} />, document.body);
  followFocus();
  // The browser asks whoever has used the page whether to leave it, in words of its own.
  addEventListener('beforeunload', (event) => {
    if (bench.wouldLose) event.preventDefault();
  });
  await served;
  await bench.start();
}
