/** Reads digits off a frame with the pictures of assembly/screen/font.txt, pixel by pixel. */
import { readFileSync } from 'node:fs';
import { isLit } from '../../sim/board/display.ts';

interface Face {
  readonly width: number;
  readonly height: number;
  /** Digit → its rows of '#' and '.'. */
  readonly digits: ReadonlyMap<string, readonly string[]>;
}

/** A face of digits, as drawn. */
function readFace(name: string): Face {
  const text = readFileSync('assembly/screen/font.txt', 'utf8');
  const [, size = '', body = ''] =
    new RegExp(`^face ${name} (\\S+)$([\\s\\S]*?)(?=^face |(?![\\s\\S]))`, 'm').exec(text) ?? [];
  const [width = 0, height = 0] = size.split('x').map(Number);
  const digits = new Map<string, string[]>();
  let names: string[] = [];
  for (const line of body.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (line.startsWith(';') || words[0] === '') continue;
    if (line.startsWith(':')) names = words.slice(1);
    else
      words.forEach((row, at) => {
        digits.set(names[at]!, [...(digits.get(names[at]!) ?? []), row]);
      });
  }
  return { width, height, digits };
}

/** The digit whose picture lies at a place, exactly, with a dark column on either side; or null. */
function digitAt(frame: Uint8Array, face: Face, left: number, top: number): string | null {
  const rowAt = (y: number) =>
    Array.from({ length: face.width }, (_, x) => (isLit(frame, left + x, y) ? '#' : '.')).join('');
  const isClear = (x: number) =>
    Array.from({ length: face.height }, (_, y) => isLit(frame, x, top + y)).every((lit) => !lit);
  if (!isClear(left - 1) || !isClear(left + face.width)) return null;
  for (const [digit, rows] of face.digits) {
    if (/^\d$/.test(digit) && rows.every((row, y) => rowAt(top + y) === row)) return digit;
  }
  return null;
}

/** The longest run of large digits on one line of the display: the code. */
export function readCode(frame: Uint8Array): string {
  const faces = ['wide', 'narrow'].map(readFace);
  let best = '';
  for (const face of faces) {
    for (let top = 0; top + face.height <= 64; top++) {
      let found = '';
      for (let left = 0; left + face.width <= 128; left++) {
        const digit = digitAt(frame, face, left, top);
        if (digit === null) continue;
        found += digit;
        left += face.width - 1;
      }
      if (found.length > best.length) best = found;
    }
  }
  return best;
}
