/** Where things lie in the memory of token.wasm, and so in the instance on a chip. */
import { execFileSync } from 'node:child_process';
import { firmwareBytes } from '../../host/core.ts';

/**
 * The address of the frame in a firmware image. The memory is the last part of the instance, and all of it
 * that there is (host/mcu/rt/tune.js).
 */
export function frameAddress(elf: string): number {
  const module = new WebAssembly.Module(firmwareBytes());
  const nothing = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, () => 1]),
  );
  const { exports } = new WebAssembly.Instance(module, { board: nothing });
  const symbols = execFileSync('arm-none-eabi-nm', ['-S', elf], { encoding: 'utf8' });
  const [, address = '', size = ''] = /^(\w+) (\w+) b instance$/m.exec(symbols) ?? [];
  const end = Number.parseInt(address, 16) + Number.parseInt(size, 16);
  const memoryBytes = (exports.__heap_base as WebAssembly.Global).value as number;
  return end - memoryBytes + (exports.frame as () => number)();
}
