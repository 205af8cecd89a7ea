/** Every way in which firmware for a board cannot be had or run; the command line gives each its exit code. */
export type FirmwareProblem =
  /** A program of the tool chain, or the emulator, is not installed. */
  | 'TOOL_MISSING'
  /** The tool chain failed. */
  | 'BUILD_FAILED'
  /** The image is larger than the part. */
  | 'IMAGE_TOO_LARGE'
  /** The emulated board did not come up, or ended by itself. */
  | 'BOARD_FAILED'
  /** No board answers to the debug probe. */
  | 'BOARD_NOT_FOUND';

export class FirmwareError extends Error {
  override readonly name = 'FirmwareError';

  constructor(
    readonly code: FirmwareProblem,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
