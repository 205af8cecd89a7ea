/** What QEMU needs to know of each board that it emulates. */
import type { Key } from '../../host/token.ts';

export interface Machine {
  /**
   * The machine and its parts.
   * @param flashNode  QEMU's name of the token image
   */
  parts(flashNode: string): string[];
  /** Names of QEMU for keys of this computer that are the board's. */
  readonly keys: Readonly<Record<Key, string>>;
  /** A register, and the bits that are set in it once the serial line takes bytes. */
  readonly ready: { readonly address: number; readonly bits: number };
}

export const MACHINES: Readonly<Record<string, Machine>> = {
  lm3s6965evb: {
    parts: (flashNode) => [
      ...['-machine', 'lm3s6965evb'],
      ...['-nic', 'none'],
      ...['-device', `at24c-eeprom,bus=i2c,address=0x50,rom-size=16384,drive=${flashNode}`],
      ...['-device', 'ds1338,bus=i2c,address=0x68'],
    ],
    keys: { up: 'up', down: 'down', left: 'left', right: 'right', ok: 'ctrl' },
    // UARTCTL of UART0: the line, its transmitter and its receiver are on.
    ready: { address: 0x4000c030, bits: 0x301 },
  },
};
