/** Where things lie in the memory of token.wasm, and so in the instance on a chip. */
import { execFileSync } from 'node:child_process';
import { firmwareBytes } from '../../host/core.ts';

/** The translated module on the chip: its address, and how many bytes it has. */
export function instanceIn(elf: string): { readonly address: number; readonly length: number } {
  const symbols = execFileSync('arm-none-eabi-nm', ['-S', elf], { encoding: 'utf8' });
  const [, address = '', size = ''] = /^(\w+) (\w+) b instance$/m.exec(symbols) ?? [];
  return { address: Number.parseInt(address, 16), length: Number.parseInt(size, 16) };
}

/**
 * The address of the frame, or of the buffer, in a firmware image. The memory is the last part of the
 * instance, and all of it that there is (host/mcu/rt/tune.js).
 */
export function addressIn(elf: string, place: 'frame' | 'buffer'): number {
  const module = new WebAssembly.Module(firmwareBytes());
  const nothing = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, () => 1]),
  );
  const { exports } = new WebAssembly.Instance(module, { board: nothing });
  const { address, length } = instanceIn(elf);
  const memoryBytes = (exports.__heap_base as WebAssembly.Global).value as number;
  return address + length - memoryBytes + (exports[place] as () => number)();
}
