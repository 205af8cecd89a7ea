/** The boards that the firmware is built for, and what is known of each outside of its own files. */

export interface BoardType {
  readonly name: string;
  /** What it is, for people. */
  readonly description: string;
  /** Bytes of flash that an image may take; the rest is the board's own. */
  readonly imageBytes: number;
  readonly ramBytes: number;
  /** Where in the chip's flash the keys of the board lie (host/mcu/keys-page.h). */
  readonly keysAddress: number;
  /** Where in the chip's flash that of the token lies; null: it is a part of its own. */
  readonly flashAddress: number | null;
  /** Whether the board shows a drive that takes images as files. */
  readonly hasDrive: boolean;
  /** Whether a debug port that was closed can never be opened again, not even by erasing the chip. */
  readonly closesForGood: boolean;
  /** Files of openocd that describe the debug probe on the board and the chip. */
  readonly openocd: readonly string[];
}

export const BOARDS: Readonly<Record<string, BoardType>> = {
  lm3s6965evb: {
    name: 'lm3s6965evb',
    description: 'LM3S6965 evaluation board: Cortex-M3, OLED, five keys',
    imageBytes: 255 * 1024,
    ramBytes: 64 * 1024,
    keysAddress: 0x3fc00,
    flashAddress: null,
    hasDrive: false,
    closesForGood: true,
    openocd: ['board/ek-lm3s6965.cfg'],
  },
  microbit: {
    name: 'microbit',
    description: 'BBC micro:bit, version 1: Cortex-M0, 5 x 5 LEDs, two buttons',
    imageBytes: 239 * 1024,
    ramBytes: 16 * 1024,
    keysAddress: 0x3fc00,
    flashAddress: 0x3bc00,
    hasDrive: true,
    closesForGood: false,
    openocd: ['interface/cmsis-dap.cfg', 'target/nrf51.cfg'],
  },
};

/**
 * What a build is for (host/mcu/Makefile): `release` closes the debug port of a real board,
 * `open` does not, `checked` and `rehearsal` are for tests.
 */
export type BuildKind = 'release' | 'open' | 'checked' | 'rehearsal';
