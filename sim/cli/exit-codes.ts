/** What the process leaves behind for scripts; documented in docs/cli.md and stable. */
export enum ExitCode {
  DONE = 0,
  /** The token, the server or the file system said no. */
  REFUSED = 1,
  /** The command cannot be carried out as it was typed. */
  USAGE = 2,
  PIN_WRONG = 3,
  PIN_LOCKED = 4,
  /** Something is not what it should be: a damaged image, a step of the tour that did not hold. */
  VERIFICATION_FAILED = 5,
  NOT_FOUND = 6,
  TIMED_OUT = 42,
  /** A fault of oathfob itself. */
  INTERNAL = 70,
}
