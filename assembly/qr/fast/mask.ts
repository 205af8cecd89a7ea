/** Masks put on the plane a word at a time. */
import { Line, PLANE, qr } from '../memory';
import { changeFormat } from '../pattern';
import { maskAddress, Tables } from './tables';

/** As changeMask of ../mask.ts. */
export function changeMask(from: i32, to: i32): void {
  const words = Line.words();
  let line = Line.address(0);
  let data = Tables.DATA;
  for (let x = 0; x < qr.size; x++) {
    const column = x % 6;
    const fromMask = maskAddress(from, column);
    const toMask = maskAddress(to, column);
    for (let word = 0; word < words; word++) {
      const changed = load<u64>(fromMask + (word << 3)) ^ load<u64>(toMask + (word << 3));
      store<u64>(line, load<u64>(line) ^ (changed & load<u64>(data)));
      line += 8;
      data += 8;
    }
  }
  changeFormat(from, to);
}
