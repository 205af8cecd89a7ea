/** A terminal, or none, for the command line to run in without a process of its own. */
import type { Io } from '../../sim/cli/io.ts';

export interface TestIo {
  readonly io: Io;
  /** All that was printed. */
  readonly printed: { stdout: string; stderr: string };
}

/** @param change  parts of the world that are to be otherwise than quiet and empty */
export function testIo(
  change: Partial<Io> & { columns?: number; isTerminal?: boolean } = {},
): TestIo {
  const printed = { stdout: '', stderr: '' };
  const { columns = 80, isTerminal = false } = change;
  const output = (name: 'stdout' | 'stderr') => ({
    write: (data: string | Uint8Array) => {
      printed[name] += typeof data === 'string' ? data : new TextDecoder().decode(data);
    },
    isTerminal,
    columns,
  });
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    readStdin: async () => new Uint8Array(),
    onLine: () => () => {},
    askSecret: null,
    onKeys: null,
    environment: {},
    program: 'oathfob',
    nowMilliseconds: () => Date.now(),
    sleep: () => Promise.reject(new Error('a test does not sleep')),
    fetch: (request, options) => fetch(request, options),
    interrupted: () => new Promise(() => {}),
    ...change,
  };
  return { io, printed };
}
