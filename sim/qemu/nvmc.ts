/** The flash of an emulated nRF51, written from outside in the way the chip does it itself. */
import type { Qtest } from './qtest.ts';

const CONFIGURATION = 0x4001e504;
const ERASE_PAGE = 0x4001e508;
const PAGE_BYTES = 1024;

enum Mode {
  READ_ONLY = 0,
  WRITE = 1,
  ERASE = 2,
}

/**
 * Erases the pages and programs them. What QEMU loads by itself it would load again at every reset.
 * @param address  of a page
 */
export async function flashThroughNvmc(
  qtest: Qtest,
  address: number,
  bytes: Uint8Array,
): Promise<void> {
  await qtest.writeWord(CONFIGURATION, Mode.ERASE);
  for (let offset = 0; offset < bytes.length; offset += PAGE_BYTES) {
    await qtest.writeWord(ERASE_PAGE, address + offset);
  }
  await qtest.writeWord(CONFIGURATION, Mode.WRITE);
  await qtest.write(address, bytes);
  await qtest.writeWord(CONFIGURATION, Mode.READ_ONLY);
}
