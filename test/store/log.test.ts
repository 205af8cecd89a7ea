/** The log through the token's own commands: capacity, wear, deletion. */
import { describe, expect, it } from 'vitest';
import {
  type Board,
  changePin,
  deleteCredential,
  eraseToken,
  FLASH_PAGE_BYTES,
  FLASH_PAGES,
  hotp,
  putCredential,
  readInfo,
  selectManagement,
  setPin,
  Token,
  verifyPin,
} from '../../host/index.ts';
import { PowerCut } from '../../sim/board/index.ts';
import { RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';

const LONGEST_KEY = new Uint8Array(128).fill(0x5c);

/** The largest credential there is: a 64-byte name, a 128-byte key, a counter. */
function largest(index: number) {
  const name = `${'n'.repeat(62)}${String(index).padStart(2, '0')}`;
  return { name, type: 'hotp', hash: 'SHA512', key: LONGEST_KEY } as const;
}

describe('capacity', () => {
  it('holds 32 of the largest credentials and refuses the 33rd', () => {
    const { token, board } = testToken([]);
    for (let index = 0; index < 32; index++)
      expect(putCredential(token, largest(index))).toBe(index);
    expect(() => putCredential(token, largest(32))).toThrow(/6a84/);
    const again = new Token(board);
    selectManagement(again);
    expect(readInfo(again).credentials).toHaveLength(32);
  });

  it('goes on working when it is full: counters count, accounts come and go', () => {
    const { token, flash } = testToken(Array.from({ length: 32 }, (_, index) => largest(index)));
    for (let press = 0; press < 600; press++) {
      token.press('ok');
      expect(token.code).toBe(hotp(LONGEST_KEY, press, { hash: 'SHA512' }));
    }
    selectManagement(token);
    for (let slot = 0; slot < 32; slot += 5) {
      deleteCredential(token, slot);
      expect(putCredential(token, { ...largest(slot), name: `new ${slot}` })).toBe(slot);
    }
    expect(token.fault).toBeNull();
    expect(flash.operations).toBeGreaterThan(0);
  });
});

describe('wear', () => {
  it('is spread over all pages, fixed data included', () => {
    const { token, flash } = testToken([{ name: 'a:b', type: 'hotp', key: RFC_KEY }]);
    for (let press = 0; press < 12_000; press++) token.press('ok');
    expect(flash.eraseCounts).toHaveLength(FLASH_PAGES);
    const most = Math.max(...flash.eraseCounts);
    expect(most).toBeGreaterThan(2);
    expect(Math.min(...flash.eraseCounts)).toBeGreaterThanOrEqual(most - 1);
  });
});

describe('deletion', () => {
  const doomed = { name: 'doomed', key: LONGEST_KEY } as const;

  /** The sealed key of the doomed credential, as hex: behind its name and the 16-byte tag. */
  function sealedKey(image: string): string {
    const key = image.indexOf(toHex(new TextEncoder().encode('doomed'))) + 2 * (6 + 16);
    return image.slice(key, key + 2 * LONGEST_KEY.length);
  }

  it('erases the sealed key, wherever copies of it were, also when the power is cut', () => {
    for (let operation = 0; ; operation++) {
      const { token, board, flash } = testToken([
        { name: 'kept', type: 'hotp', key: RFC_KEY },
        doomed,
      ]);
      const sealed = sealedKey(toHex(flash.image));
      selectManagement(token);
      flash.cutPower({ operation });
      let cut = false;
      try {
        deleteCredential(token, 1);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        cut = true;
      }
      const again = new Token(board);
      selectManagement(again);
      const names = readInfo(again).credentials.map(({ name }) => name);
      if (!names.includes('doomed')) expect(toHex(flash.image)).not.toContain(sealed.slice(0, 16));
      expect(names).toContain('kept');
      if (!cut) break;
    }
  });

  it('an image holds no key in the clear', () => {
    const { flash } = testToken([{ name: 'a:b', key: RFC_KEY }]);
    expect(toHex(flash.image)).not.toContain(toHex(RFC_KEY.subarray(0, 4)));
  });
});

describe('a flash that does not take a write', () => {
  it('ends in a refusal, shows no code, and starts again at power-on', () => {
    const { token, board, flash } = testToken([{ name: 'a:b', type: 'hotp', key: RFC_KEY }]);
    const write = board.flashWrite;
    board.flashWrite = () => {};
    token.press('ok');
    expect(token.code).toBeNull();
    expect(token.text).toContain('WRITE FAILED');
    board.flashWrite = write;
    token.press('ok');
    expect(token.code).toBeNull();
    const again = new Token(testBoard(flash.image).board);
    again.press('ok');
    expect(again.code).toBe('755224');
  });
});

describe('a flash that does not erase all of a page', () => {
  /** Keeps one bit of the page that is erased after so many others. */
  function spoilErase(board: Board, after: number) {
    const { flashErase, flashWrite } = board;
    let left = after;
    board.flashErase = (page) => {
      flashErase.call(board, page);
      if (left-- === 0) flashWrite.call(board, (page + 1) * FLASH_PAGE_BYTES - 4, 0x7fffffff);
    };
  }

  it.each([0, 1, 2])(
    'ends an erasure of everything at erase %i, and the next power-on goes on',
    (after) => {
      const { token, board, flash } = testToken([{ name: 'a:b', type: 'hotp', key: RFC_KEY }]);
      selectManagement(token);
      spoilErase(board, after);
      expect(() => eraseToken(token)).toThrow(/6581/);
      expect(token.code).toBeNull();
      const again = new Token(testBoard(flash.image).board);
      selectManagement(again);
      expect(readInfo(again)).toMatchObject({ serialNumber: 'LMP-000417', credentials: [] });
    },
  );

  it('says of a deletion, and of a new PIN, that it may have happened: it has', () => {
    const [old, fresh] = ['271828', '314159'].map((text) => new TextEncoder().encode(text));
    const { token, board, flash } = testToken([{ name: 'a:b', type: 'hotp', key: RFC_KEY }]);
    selectManagement(token);
    setPin(token, old!);
    const { image } = flash;
    spoilErase(board, 0);
    expect(() => changePin(token, old!, fresh!)).toThrow(/change may have happened.*6581/);
    const changed = new Token(testBoard(flash.image).board);
    selectManagement(changed);
    expect(() => verifyPin(changed, old!)).toThrow('wrong');
    verifyPin(changed, fresh!);
    const other = testBoard(image);
    const another = new Token(other.board);
    selectManagement(another);
    verifyPin(another, old!);
    spoilErase(other.board, 0);
    expect(() => deleteCredential(another, 0)).toThrow(/change may have happened/);
    const gone = new Token(testBoard(other.flash.image).board);
    selectManagement(gone);
    expect(readInfo(gone).credentials).toEqual([]);
  });
});
