/** Masks put on the plane a word at a time. */
import { Line, qr } from '../memory';
import { flipFormat } from '../pattern';
import { formatAddress, MASK_COLUMNS, maskAddress, Tables } from './tables';

/** As changeMask of ../mask.ts. */
export function changeMask(from: i32, to: i32): void {
  const stride = Line.stride();
  const end = Line.address(qr.size);
  const toData = Tables.DATA - Line.address(0);
  for (let column = 0; column < MASK_COLUMNS; column++) {
    const fromMask = maskAddress(from, column);
    const toMask = maskAddress(to, column);
    for (let offset: usize = 0; offset < stride; offset += 8) {
      const changed = load<u64>(fromMask + offset) ^ load<u64>(toMask + offset);
      let line = Line.address(column) + offset;
      for (; line < end; line += <usize>MASK_COLUMNS * stride) {
        store<u64>(line, load<u64>(line) ^ (changed & load<u64>(toData + line)));
      }
    }
  }
  flipFormat(load<u32>(formatAddress(qr.level, from)) ^ load<u32>(formatAddress(qr.level, to)));
}
