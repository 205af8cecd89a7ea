/**
 * Flash that does not keep a word: it is there when it is read back, and has lost a bit the next
 * time. What was to be written is refused or holds; no code comes twice.
 */
import { describe, expect, it } from 'vitest';
import { hotp, Token } from '../../host/index.ts';
import { seededEntropy, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { RFC_KEY, testBoard, testToken } from '../fixtures.ts';

/** Counter steps that a record holds; the next one takes a new record. */
const TALLY = 24;

/** A flash that keeps the word of one write for one reading. */
class FadingFlash extends VirtualFlash {
  writes = 0;
  #fadingAt: number | null = null;
  #hasFaded = false;

  constructor(
    image: Uint8Array<ArrayBuffer>,
    private readonly fading: number,
  ) {
    super(image);
  }

  override write(address: number, word: number): void {
    super.write(address, word);
    if (this.writes++ === this.fading) this.#fadingAt = address;
  }

  override read(address: number, target: Uint8Array): void {
    super.read(address, target);
    if (address !== this.#fadingAt) return;
    if (this.#hasFaded) {
      const words = new DataView(target.buffer, target.byteOffset);
      const word = words.getUint32(0, true);
      words.setUint32(0, word | (word + 1), true);
    }
    this.#hasFaded = true;
  }
}

function usedToken(presses: number): Uint8Array<ArrayBuffer> {
  const { token, flash } = testToken([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
  for (let press = 0; press < presses; press++) token.press('ok');
  return Uint8Array.from(flash.image);
}

function powerOn(flash: VirtualFlash): Token {
  const { clock } = testBoard();
  return new Token(new VirtualBoard({ flash, clock, entropy: seededEntropy(1) }));
}

/** The counter of the code on the display. */
function counterShown({ code }: Token): number | null {
  if (code === null) return null;
  return Array.from({ length: 60 }, (_, counter) => hotp(RFC_KEY, counter)).indexOf(code);
}

describe.each([
  ['of a record that is there', 3],
  ['of a new record', TALLY],
])('a counter step %s', (_, used) => {
  const image = usedToken(used);
  const [, writes] = lifeOn(new FadingFlash(Uint8Array.from(image), -1));

  it('is of a counter that goes up, on a flash that keeps all', () => {
    const [counters] = lifeOn(new FadingFlash(Uint8Array.from(image), -1));
    expect(counters).toEqual([used, used + 1]);
  });

  it.each(Array.from({ length: writes }, (_, write) => write))(
    'gives no code twice when word %i does not last',
    (write) => {
      const [counters] = lifeOn(new FadingFlash(Uint8Array.from(image), write));
      expect(counters.every((counter) => counter >= used)).toBe(true);
      expect(new Set(counters).size).toBe(counters.length);
    },
  );
});

it('a new record whose payload does not last is not finished, and the one before it counts', () => {
  const flash = new FadingFlash(usedToken(TALLY), 1);
  const token = powerOn(flash);
  token.press('ok');
  expect(token.code).toBeNull();
  expect(token.text).toContain('WRITE FAILED');
  const again = powerOn(flash);
  expect(again.fault).toBeNull();
  again.press('ok');
  expect(counterShown(again)).toBe(TALLY);
});

/** Presses OK, powers the token on anew, and presses OK. @returns counters of codes shown, and writes */
function lifeOn(flash: FadingFlash): [number[], number] {
  const counters: number[] = [];
  for (let life = 0; life < 2; life++) {
    const token = powerOn(flash);
    if (token.fault) break;
    token.press('ok');
    const counter = counterShown(token);
    if (counter !== null) counters.push(counter);
  }
  return [counters, flash.writes];
}
