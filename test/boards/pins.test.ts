import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the pin table for people has the pins of the firmware, all of them and no other', () => {
  const document = readFileSync('docs/boards.md', 'utf8');
  const header = readFileSync('host/mcu/boards/lm3s6965evb/pins.h', 'utf8');
  const documented = new Map<string, number>();
  for (const [, pin, mask] of document.matchAll(/^\| P[A-F](\d) \| `(\w+)` \|/gm)) {
    documented.set(mask!, (documented.get(mask!) ?? 0) | (1 << Number(pin)));
  }
  const defined = new Map<string, number>();
  for (const [, name, value] of header.matchAll(/^#define (\w+_PINS?) (0x\w+)u$/gm)) {
    defined.set(name!, Number(value));
  }
  expect(documented.size).toBeGreaterThan(0);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(defined));
});
