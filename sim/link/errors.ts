/** Every way in which the link can fail; the command line gives each its exit code. */
export type LinkProblem =
  /** The reader's host has no address. */
  | 'HOST_UNKNOWN'
  /** Not a log of this program, or spoilt. */
  | 'BAD_LOG'
  /** The log begins with another image than the token has. */
  | 'OTHER_IMAGE'
  /** A call gave another answer, or left other bytes, than the log says. */
  | 'LOG_DIFFERS';

export class LinkError extends Error {
  override readonly name = 'LinkError';

  constructor(
    readonly code: LinkProblem,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
