/** A command that waits for OK: time, keys, and a reader that goes on with something else. */
import { describe, expect, test } from 'vitest';
import type { TokenCard } from '../../sim/link/card.ts';
import { callLine } from '../../sim/link/log.ts';
import { bytesOf, hexOf, SELECT_MANAGEMENT, useBench } from './bench.ts';

const SELECT_OATH = '00a4040007a0000005272101';
/** A TOTP account `t` with the key of RFC 4226, appendix D, that needs a touch (78 02). */
const PUT_TOUCHY = `00010000 1d 710174 7316 2106 ${Buffer.from('12345678901234567890').toString('hex')} 7802`;
/** The code of step 1, truncated: 94287082 (RFC 6238, appendix B). */
const CALCULATE = '00a20001 0d 710174 7408 0000000000000001';
const CODE = (94_287_082 % 1_000_000).toString();
const NOT_ALLOWED = '6982';

const bench = useBench();
const told: string[] = [];
const events = {
  onTouchWanted: () => told.push('wanted'),
  onTouchOver: () => told.push('over'),
};

/** A card that waits, and what will be answered. */
async function ask(): Promise<{ card: TokenCard; answer: Promise<Uint8Array | null> }> {
  told.length = 0;
  const { card, send } = bench.card('fob.img', events);
  expect(await send(SELECT_OATH, PUT_TOUCHY)).toBe('9000');
  const answer = card.transmit(bytesOf(CALCULATE));
  expect(card.isWaiting).toBe(true);
  return { card, answer };
}

const codeOf = (answer: Uint8Array | null) =>
  String(Number.parseInt(hexOf(answer)!.slice(6, 14), 16) % 1_000_000);

describe('a command that needs a touch', () => {
  test('is answered after OK, and says so before and after', async () => {
    const { card, answer } = await ask();
    card.tick();
    expect(card.isWaiting).toBe(true);
    card.press('ok');
    expect(codeOf(await answer)).toBe(CODE);
    expect(told).toEqual(['wanted', 'over']);
    expect(card.isWaiting).toBe(false);
  });

  test('is refused when the time is up, not sooner', async () => {
    const { card, answer } = await ask();
    for (let second = 0; second < 14; second++) {
      bench.clock.advance(1);
      card.tick();
    }
    expect(card.isWaiting).toBe(true);
    bench.clock.advance(1);
    card.tick();
    expect(hexOf(await answer)).toBe(NOT_ALLOWED);
  });

  test.each([
    ['power-off', (card: TokenCard) => card.powerOff()],
    ['a reset', (card: TokenCard) => card.powerOn()],
    ['another command', (card: TokenCard) => void card.transmit(bytesOf(SELECT_MANAGEMENT))],
  ])('is given up at %s, and OK afterwards allows nothing', async (_, interrupt) => {
    const { card, answer } = await ask();
    interrupt(card);
    expect(await answer).toBeNull();
    card.press('ok');
    expect(told).toEqual(['wanted', 'over']);
    expect(card.isWaiting).toBe(false);
  });
});

test('a log has the wait in it: no answer, the key, the answer', async () => {
  const lines: string[] = [];
  const { card, send } = bench.card('fob.img', {
    onCall: (call, outcome) => lines.push(callLine(call, outcome)),
  });
  await send(SELECT_OATH, PUT_TOUCHY);
  const answer = card.transmit(bytesOf(CALCULATE));
  card.press('ok');
  await answer;
  const [exchange, press, collect] = lines.slice(-3).map((line) => JSON.parse(line));
  expect(exchange).toMatchObject({ call: 'exchange' });
  expect(exchange).not.toHaveProperty('answer');
  expect(press).toMatchObject({ call: 'press', key: 'ok' });
  expect(collect).toMatchObject({ call: 'collect', answer: expect.stringMatching(/9000$/) });
});
