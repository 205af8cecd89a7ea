/** Commands that wait for a key: docs/abi.md, "Commands that wait for a key". */
import { describe, expect, it } from 'vitest';
import type { Key } from '../../host/index.ts';
import { hex, NOON, toHex } from '../fixtures.ts';
import { calculate, oathCard, put, refusalOf, SELECT_OATH, STEP, truncated } from './card.ts';

const TOUCH = '7802';

/** A card that was asked for a code and waits. */
function waiting(...more: readonly string[]) {
  const reader = oathCard(NOON, put('bank:me', 0x21, TOUCH), put('b', 0x11, TOUCH), ...more);
  const submit = (bytes: string) => reader.token.submit(hex(bytes));
  expect(submit(calculate('bank:me', STEP))).toBeNull();
  const collect = () => {
    const answer = reader.token.collect();
    return answer && toHex(answer);
  };
  return { reader, submit, collect };
}

describe('a command that waits', () => {
  it('asks on the display, and answers once after OK', () => {
    const { reader, collect } = waiting();
    expect(reader.token.text).toBe('bank:me\nA HOST ASKS: ALLOW?\nOK: yes, left: no');
    expect(collect()).toBeNull();
    reader.token.press('ok');
    expect(reader.token.text).toMatch(/^bank:me\n\d{4} \d{4}\n/);
    expect(collect()).toBe(truncated(STEP));
    expect(collect()).toBe('6700');
  });

  it('answers 6982 after left, and after 15 seconds', () => {
    const refused = waiting();
    refused.reader.token.press('left');
    expect(refused.collect()).toBe('6982');
    const late = waiting();
    late.reader.clock.advance(14);
    late.reader.token.tick();
    expect(late.collect()).toBeNull();
    late.reader.clock.advance(1);
    late.reader.token.tick();
    expect(late.reader.token.text).not.toContain('ALLOW');
    expect(late.collect()).toBe('6982');
  });

  it.each(['up', 'down', 'right'] as const)('takes no notice of %s', (key: Key) => {
    const { reader, collect } = waiting();
    const { text } = reader.token;
    reader.token.press(key);
    expect(reader.token.text).toBe(text);
    expect(collect()).toBeNull();
  });

  it('keeps an answer that was allowed for 15 seconds more', () => {
    const { reader, collect } = waiting();
    reader.clock.advance(14);
    reader.token.press('ok');
    reader.clock.advance(14);
    expect(collect()).toBe(truncated(STEP));
    const late = waiting();
    late.reader.token.press('ok');
    late.reader.clock.advance(15);
    expect(late.collect()).toBe('6982');
  });

  it.each([
    ['another command', '00a10000'],
    ['a command that is refused', '00ff0000'],
    ['SELECT', SELECT_OATH],
    ['a command that is none', '00'],
  ])('is given up for %s, which is answered', (_, bytes) => {
    const { reader, collect } = waiting();
    expect(reader.talk(bytes)).toMatch(/^([0-9a-f]{2})+$/);
    expect(reader.token.text).not.toContain('ALLOW');
    reader.token.press('ok');
    expect(collect()).toBe('6700');
  });

  it('is given up for power-on', () => {
    const { reader, collect } = waiting();
    reader.powerCycle();
    expect(reader.token.text).not.toContain('ALLOW');
    expect(collect()).toBe('6700');
  });

  it('moves no counter before OK', () => {
    const { reader, submit, collect } = waiting();
    const { operations } = reader.flash;
    expect(submit(calculate('b', null))).toBeNull();
    reader.token.press('left');
    expect(collect()).toBe('6982');
    expect(reader.flash.operations).toBe(operations);
    expect(submit(calculate('b', null))).toBeNull();
    reader.token.press('ok');
    expect(collect()).toBe(truncated(0n));
  });

  it('judges the time when it answers', () => {
    const { reader, submit, collect } = waiting();
    expect(submit(calculate('bank:me', STEP - 3n))).toBeNull();
    reader.clock.advance(14);
    reader.token.press('ok');
    reader.clock.advance(14);
    expect(collect()).toBe(truncated(STEP - 3n));
    expect(submit(calculate('bank:me', STEP - 3n))).toBeNull();
    reader.clock.advance(2);
    reader.token.press('ok');
    expect(collect()).toBe('6982');
  });

  it('leaves its answer to nobody who is not asking any more', () => {
    const { reader } = waiting();
    reader.token.press('ok');
    expect(refusalOf(reader, '00a10000')).toMatch(/9000$/);
    expect(toHex(reader.token.collect()!)).toBe('6700');
  });
});
