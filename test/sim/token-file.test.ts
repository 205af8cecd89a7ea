import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTokenFile, openTokenFile, type TokenFileError } from '../../sim/board/token-file.ts';

let folder = '';
const fob = () => join(folder, 'fob.img');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-files-'));
  createTokenFile(fob()).close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problemOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return (error as TokenFileError).code;
  }
  return null;
};

describe('a token', () => {
  test('is held by one at a time, and free again afterwards', () => {
    const board = openTokenFile(fob());
    expect(problemOf(() => openTokenFile(fob()))).toBe('IN_USE');
    board.close();
    openTokenFile(fob()).close();
    expect(readdirSync(folder)).toEqual(['fob.img', 'fob.img.board']);
  });

  test('names the process that holds it', async () => {
    const other = spawn('sleep', ['60']);
    writeFileSync(`${fob()}.lock`, String(other.pid));
    try {
      expect(() => openTokenFile(fob())).toThrow(`is in use by process ${other.pid}`);
    } finally {
      other.kill('SIGKILL');
    }
    await new Promise((resolve) => other.once('exit', resolve));
    openTokenFile(fob()).close();
  });

  test.each([
    ['a process that is gone', () => '4194999'],
    ['an earlier process with the number of this one', () => String(process.pid)],
    ['nobody', () => ''],
  ])('is taken over from %s', (_, content) => {
    writeFileSync(`${fob()}.lock`, content());
    openTokenFile(fob()).close();
    expect(readdirSync(folder)).toEqual(['fob.img', 'fob.img.board']);
  });

  test('that cannot be opened is let go of', () => {
    writeFileSync(`${fob()}.board`, '{}');
    expect(problemOf(() => openTokenFile(fob()))).toBe('BAD_BOARD_FILE');
    expect(readdirSync(folder)).toEqual(['fob.img', 'fob.img.board']);
  });
});

test('setting the clock replaces the board file as a whole, with the same device key', () => {
  const before = JSON.parse(readFileSync(`${fob()}.board`, 'utf8'));
  const board = openTokenFile(fob());
  board.clockWrite(59);
  board.close();
  const after = JSON.parse(readFileSync(`${fob()}.board`, 'utf8'));
  expect(after.deviceKey).toBe(before.deviceKey);
  expect(after.clockOffsetSeconds).toBeLessThan(0);
  expect(readdirSync(folder)).toEqual(['fob.img', 'fob.img.board']);
});
