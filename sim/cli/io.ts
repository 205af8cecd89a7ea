/** Everything a command may touch besides files: a test hands in its own. */

export interface Output {
  write(data: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 when there is none. */
  readonly columns: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>;
  /**
   * Asks on the terminal and returns the line typed there, which is not shown; null when there is
   * no terminal to ask on.
   */
  readonly askSecret: ((question: string) => Promise<Uint8Array>) | null;
  /** Calls `listener` for every line of standard input, until the function returned is called. */
  onLine(listener: () => void): () => void;
  /**
   * Passes on what is typed on the terminal, key by key and unseen, until the function returned is
   * called; null when there is no terminal. ctrl-c is a key among others then.
   */
  readonly onKeys: ((listener: (bytes: Uint8Array) => void) => () => void) | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How the user starts this program, for commands that are printed to be pasted. */
  readonly program: string;
  /** Milliseconds since 1970. */
  nowMilliseconds(): number;
  /** Ends early, without an error, when `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  fetch(request: string, options?: RequestInit): Promise<Response>;
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP after the call. */
  interrupted(): Promise<void>;
}
