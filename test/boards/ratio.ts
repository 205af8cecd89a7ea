/** The instructions of a code: the translated module beside an own plain C (ratio.c), on each board. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { countsIn } from './plugin.ts';

const PATIENCE_MILLISECONDS = 60_000;
const CPU: Readonly<Record<string, string>> = { lm3s6965evb: 'cortex-m3', microbit: 'cortex-m0' };
/** As host/mcu/Makefile. */
const FLAGS = ['-mthumb', '-Os', '-std=gnu11', '-ffreestanding', '-ffunction-sections'];
const LINK = ['-nostartfiles', '-fwhole-program', '-Wl,--gc-sections'];

export interface Ratio {
  /** Instructions of a HOTP code of a prepared key, SHA-1, from call to return. */
  readonly core: number;
  readonly plain: number;
}

/** @throws Error when one of the two gives a wrong code: then it never gets to its mark */
export async function measureRatio({ name }: BoardType): Promise<Ratio> {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-ratio-'));
  const path = (file: string) => join(folder, file);
  const run = (program: string, ...args: string[]) => execFileSync(program, args);
  try {
    run('wasm2c', 'dist/otp.wasm', '-n', 'otp', '-o', path('otp.c'));
    const tuned = [path('otp.tuned.c'), path('memory-size.h')];
    run(process.execPath, 'host/mcu/rt/tune.js', path('otp.c'), ...tuned);
    run(
      'arm-none-eabi-gcc',
      ...[`-mcpu=${CPU[name]}`, ...FLAGS, '-DNDEBUG', '-Ihost/mcu/rt', `-I${folder}`],
      ...[...LINK, '-T', `host/mcu/boards/${name}/link.ld`],
      ...['test/boards/ratio.c', '-o', path('ratio.elf')],
    );
    run('gcc', '-shared', '-fPIC', '-O2', '-o', path('count.so'), 'test/boards/count.c');
    return await count(name, path('ratio.elf'), path('count.so'), path('log'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function count(machine: string, elf: string, plugin: string, log: string): Promise<Ratio> {
  const symbols = await symbolsOf(elf);
  const span = (name: string) =>
    `span=${name}:0x${symbols[`${name}_begins`]!.toString(16)}:0x${symbols[`${name}_ends`]!.toString(16)}`;
  const args = ['-machine', machine, '-nodefaults', '-nic', 'none', '-display', 'none'];
  const counting = ['-plugin', [plugin, span('core'), span('plain')].join(','), '-d', 'plugin'];
  const qemu = spawn('qemu-system-arm', [...args, '-kernel', elf, ...counting, '-D', log], {
    stdio: 'ignore',
  });
  try {
    const end = performance.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      const counts = (name: string) =>
        countsIn(text).flatMap((count) => (count.name === name ? [count.instructions] : []));
      // Of two codes each, the second one: all that is done once is done.
      const [core, plain] = [counts('core')[1], counts('plain')[1]];
      if (core !== undefined && plain !== undefined) return { core, plain };
      if (performance.now() > end) throw new Error(`no right codes on ${machine}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    qemu.kill('SIGKILL');
  }
}
