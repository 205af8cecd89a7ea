/** Every way in which the link can fail; the command line gives each its exit code. */
export type LinkProblem =
  /** The reader's host has no address. */
  | 'HOST_UNKNOWN'
  /** No such serial device: the board is not plugged in. */
  | 'DEVICE_NOT_FOUND'
  /** No right to the serial device, or somebody else has it. */
  | 'DEVICE_NOT_ACCESSIBLE'
  /** A file that is no terminal. */
  | 'NO_SERIAL_PORT'
  /** What sets the serial port up is not installed. */
  | 'TOOL_MISSING'
  /** Nothing at the serial port answers as a board does. */
  | 'NO_ANSWER'
  /** The board was unplugged. */
  | 'DEVICE_GONE'
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
