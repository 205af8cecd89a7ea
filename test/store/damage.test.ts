/** Flash that holds what no interrupted operation explains: said so, never turned into a wrong code. */
import { describe, expect, it } from 'vitest';
import { FLASH_BYTES, hotp, readInfo, selectManagement, Token } from '../../host/index.ts';
import { guardedCrc, RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';
import { forge, ID, recordWords } from '../mutation/forge.ts';

const CREDENTIALS = [
  { name: 'first:hotp', type: 'hotp', key: RFC_KEY },
  { name: 'second:totp', key: RFC_KEY, hash: 'SHA256', digits: 8 },
] as const;

/** The codes a token would show: the next of its counter, and that of the moment. */
function codes(image: Uint8Array) {
  const token = new Token(testBoard(image).board);
  if (token.fault) return { fault: token.fault.code };
  selectManagement(token);
  const { serialNumber, credentials } = readInfo(token);
  const names = credentials.map(({ name }) => name);
  token.press('ok');
  const counterCode = token.code;
  token.press('down');
  return { serialNumber, names, hotp: counterCode, totp: token.code };
}

function sound() {
  const { token, flash } = testToken(CREDENTIALS);
  for (let press = 0; press < 3; press++) token.press('ok');
  return flash.image;
}

describe('damaged flash', () => {
  const image = sound();
  const right = codes(image);
  const further = Array.from({ length: 22 }, (_, index) => hotp(RFC_KEY, 3 + index));

  it('a token that is not damaged gives the codes of RFC 4226', () => {
    expect(right).toMatchObject({ serialNumber: 'LMP-000417', hotp: '969429' });
  });

  it('every single flipped bit leads to a refusal, to no code, or to the right one', () => {
    const found = new Map<string, number>();
    const used = image.findLastIndex((byte) => byte !== 0xff) + 1;
    for (let bit = 0; bit < FLASH_BYTES * 8; bit += bit < used * 8 ? 1 : 1009) {
      const damaged = Uint8Array.from(image);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const shown = codes(damaged);
      if ('fault' in shown) {
        expect(shown.fault).toMatch(/^(DAMAGED|OTHER_VERSION)$/);
      } else {
        // A counter may be found further on within its record, the safe direction: never before 3.
        expect(shown.totp, `bit ${bit}`).toBe(right.totp);
        expect(shown.serialNumber, `bit ${bit}`).toBe(right.serialNumber);
        expect(shown.names, `bit ${bit}`).toEqual(right.names);
        expect(further, `bit ${bit}`).toContain(shown.hotp);
      }
      const kind = 'fault' in shown ? shown.fault : 'right';
      found.set(kind, (found.get(kind) ?? 0) + 1);
    }
    expect(found.get('DAMAGED')).toBeGreaterThan(used * 4);
  });

  it('an image of another version is recognised and left alone', () => {
    const { flash } = testToken([]);
    const newer = withVersion(flash.image, 2);
    const { board, flash: read } = testBoard(newer);
    const token = new Token(board);
    expect(token.fault?.code).toBe('OTHER_VERSION');
    expect(token.text).toContain('OTHER DATA VERSION');
    expect(toHex(read.image)).toBe(toHex(newer));
  });

  it.each([
    ['zeros', 0x00],
    ['a pattern', 0x5a],
  ])('a flash full of %s is refused and left alone', (_, byte) => {
    const { board, flash } = testBoard(new Uint8Array(FLASH_BYTES).fill(byte));
    const token = new Token(board);
    expect(token.fault?.code).toBe('DAMAGED');
    expect(token.text).toContain('MEMORY DAMAGED');
    expect(token.exchange(Uint8Array.of(0, 0xa4, 4, 0))).toEqual(Uint8Array.of(0x64, 0x00));
    expect(flash.operations).toBe(0);
  });

  it.each([
    ['PIN', 5],
    ['PUK', 6],
    ['admin key', 7],
  ])('tries of the %s that are no tries are refused, and written over nothing', (_, identity) => {
    const { flash } = testToken([{ name: 'a:b', key: RFC_KEY }]);
    const at = flash.image.findLastIndex((byte) => byte !== 0xff) + 1;
    for (const [payloadBytes, tallyLength] of [
      [0, 24],
      [64, 24],
      [4, 0],
      [4, 25],
    ] as const) {
      const payload = new Array<number>(payloadBytes).fill(0);
      const words = Int32Array.from(recordWords({ identity, payload, tallyLength }));
      const forged = flash.image;
      forged.set(new Uint8Array(words.buffer), at);
      const token = new Token(testBoard(forged).board);
      expect(token.fault?.code, `${payloadBytes} bytes, ${tallyLength} words`).toBe('DAMAGED');
      expect(token.text).toContain('MEMORY DAMAGED');
    }
  });

  it.each([
    ['PIN', ID.master, 4_000, undefined],
    ['PIN', ID.master, 4_001, 'DAMAGED'],
    ['PUK', ID.puk, 1_000_000, 'DAMAGED'],
  ])(
    'a %s that takes longer than a watchdog waits is refused: %#',
    (_, identity, iterations, fault) => {
      const payload = new Uint8Array(72);
      new DataView(payload.buffer).setUint32(0, 1, true);
      new DataView(payload.buffer).setUint32(4, iterations, true);
      const master = { identity: ID.master, payload: new Array<number>(72).fill(0) };
      const records = [
        ...(identity === ID.master ? [] : [master]),
        { identity, payload: [...payload] },
      ];
      const image = new Uint8Array(forge([{ records }]).buffer.slice(0)) as Uint8Array<ArrayBuffer>;
      expect(new Token(testBoard(image).board).fault?.code).toBe(fault);
    },
  );

  it('a record moved to another board does not open, and says so', () => {
    const { flash } = testToken([{ name: 'a:b', key: RFC_KEY }]);
    const { board } = testBoard(flash.image);
    board.deviceKey = (target) => target.fill(7);
    const token = new Token(board);
    expect(token.code).toBeNull();
    expect(token.text).toContain('KEY DOES NOT OPEN');
  });
});

/** The header of the only page in use, with another version byte and the check that belongs to it. */
function withVersion(image: Uint8Array, version: number): Uint8Array {
  const changed = Uint8Array.from(image);
  const words = new DataView(changed.buffer);
  words.setUint32(0, (words.getUint32(0, true) & ~0xff00) | (version << 8), true);
  words.setUint32(8, guardedCrc([words.getUint32(0, true), words.getUint32(4, true)]), true);
  return changed;
}
