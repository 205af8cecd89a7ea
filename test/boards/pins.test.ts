import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BOARDS } from '../../sim/firmware/boards.ts';

/** What a row of the table of a board begins with: its chip's name of a pin. */
const PIN: Readonly<Record<string, RegExp>> = {
  lm3s6965evb: /^\| P[A-F](\d) \| `(\w+)` \|/gm,
  microbit: /^\| P0\.(\d\d) \| `(\w+)` \|/gm,
};

test.each(Object.keys(BOARDS))(
  'the table for people has the pins of %s, all of them and no other',
  (name) => {
    const document = readFileSync('docs/boards.md', 'utf8');
    const header = readFileSync(`host/mcu/boards/${name}/pins.h`, 'utf8');
    const documented = new Map<string, number>();
    for (const [, pin, mask] of document.matchAll(PIN[name]!)) {
      documented.set(mask!, (documented.get(mask!) ?? 0) | (1 << Number(pin)));
    }
    const defined = new Map<string, number>();
    for (const [, name, value] of header.matchAll(/^#define (\w+_PINS?) (0x\w+)u$/gm)) {
      defined.set(name!, Number(value));
    }
    expect(documented.size).toBeGreaterThan(0);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(defined));
  },
);
