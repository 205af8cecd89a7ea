/** The page of a server: whoever sent it answers its requests, too. */
import { start } from './start.tsx';

await start(Promise.resolve());
