/** The page: starts the worker with the token, and draws what there is. */
import { render } from 'preact';
import { App } from './app.tsx';
import { Bench } from './bench.ts';

const bench = new Bench(new Worker('/web/worker.js', { type: 'module' }));
render(<App bench={bench} />, document.body);
await bench.start();
