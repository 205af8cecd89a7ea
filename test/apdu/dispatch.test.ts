/** The door: which applet answers, and which commands it knows. */
import { describe, expect, it } from 'vitest';
import { card, SELECT_MANAGEMENT, SELECT_OATH, SELECT_OTP } from './card.ts';

describe('commands', () => {
  it.each([
    ['OATH', SELECT_OATH],
    ['OTP', SELECT_OTP],
    ['management', SELECT_MANAGEMENT],
  ])('in several parts answer 6884, in the %s applet', (_, select) => {
    const reader = card();
    reader.do(select);
    expect(reader.talk('10010000 02 7100')).toBe('6884');
  });

  it('of class 80 belong to the management applet', () => {
    const reader = card();
    reader.do(SELECT_OATH);
    expect(reader.talk('80100000')).toBe('6e00');
    reader.do(SELECT_OTP);
    expect(reader.talk('80100000')).toBe('6e00');
  });

  it('of one applet are not known to another', () => {
    const reader = card();
    reader.do(SELECT_OTP);
    expect(reader.talk('00a10000')).toBe('6d00');
    reader.do(SELECT_MANAGEMENT);
    expect(reader.talk('00a10000')).toBe('6d00');
    reader.do(SELECT_OATH);
    expect(reader.talk('00060000')).toBe('6d00');
    expect(reader.talk('001d0000')).toBe('6d00');
  });

  it.each([
    '00a4040000',
    '00a4040007d276000124010200',
    '00a4040008a0000006472f0001',
    '00a4040006a00000052721',
    '00a4040007a0000005272102',
    '00a4040007a0000005272711',
  ])('answer 6A82 to an identifier that is none of ours: %s', (select) => {
    expect(card().talk(select)).toBe('6a82');
  });
});
