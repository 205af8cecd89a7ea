/**
 * The drawing code of the core, compiled with the options of the shipped module, on its own; and
 * the pictures it should draw, read from font.txt without the generator.
 */
import { readFileSync } from 'node:fs';
import { main as compile } from 'assemblyscript/asc';
import { FRAME_BYTES } from '../../sim/board/display.ts';

/** Exports of assembly/screen/draw.ts and assembly/memory.ts that the tests use. */
interface Exports {
  memory: WebAssembly.Memory;
  FRAME: WebAssembly.Global<'i32'>;
  clearFrame(): void;
  setPixel(x: number, y: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  invertRect(x: number, y: number, width: number, height: number): void;
  drawGlyph(x: number, y: number, byte: number): void;
  drawText(x: number, y: number, text: number, length: number): void;
  drawCode(y: number, digits: number, count: number): void;
  drawBar(x: number, y: number, width: number, height: number, filled: number): void;
}

/** Where the tests put text: far above the core's static data. */
const TEXT = 0xf000;

export class Screen {
  readonly draw: Exports;

  constructor(draw: Exports) {
    this.draw = draw;
  }

  static async load(): Promise<Screen> {
    const files = new Map<string, Uint8Array>();
    const { error, stderr } = await compile(
      ['assembly/screen/draw.ts', 'assembly/memory.ts', '--target', 'token', '-o', 'draw.wasm'],
      { writeFile: (name, contents) => void files.set(name, contents as Uint8Array) },
    );
    const bytes = files.get('draw.wasm');
    if (error || !bytes) throw new Error(stderr.toString());
    const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), {});
    return new Screen(instance.exports as unknown as Exports);
  }

  /** A copy of the frame. */
  get frame(): Uint8Array {
    return this.memory.slice(this.draw.FRAME.value, this.draw.FRAME.value + FRAME_BYTES);
  }

  /** A copy of everything but the frame. */
  get rest(): Uint8Array {
    const rest = this.memory.slice();
    rest.fill(0, this.draw.FRAME.value, this.draw.FRAME.value + FRAME_BYTES);
    return rest;
  }

  text(x: number, y: number, text: string): void {
    this.draw.drawText(x, y, TEXT, this.put(text));
  }

  code(y: number, digits: string): void {
    this.draw.drawCode(y, TEXT, this.put(digits));
  }

  /** Puts text (one byte a character) where the core can read it; returns its length. */
  private put(text: string): number {
    this.memory.set(Buffer.from(text, 'latin1'), TEXT);
    return text.length;
  }

  private get memory(): Uint8Array {
    return new Uint8Array(this.draw.memory.buffer);
  }
}

export type Pictures = Map<string, string[]>;

/** The pictures of one face, by name, as rows of "#" and ".". */
export function readPictures(face: string): Pictures {
  const file = readFileSync('assembly/screen/font.txt', 'utf8');
  const section = file.split(/^face /m).find((part) => part.startsWith(`${face} `));
  const pictures: Pictures = new Map();
  for (const band of (section ?? '').split(/^: /m).slice(1)) {
    const [names = [], ...rows] = band
      .replace(/^;.*$/gm, '')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/));
    names.forEach((name, place) => {
      pictures.set(
        name,
        rows.map((row) => row[place] ?? ''),
      );
    });
  }
  return pictures;
}

/** The picture of a byte of text. */
export function pictureOf(pictures: Pictures, byte: number): string[] {
  const name = byte === 32 ? 'space' : String.fromCharCode(byte);
  return pictures.get(byte >= 32 && byte < 127 ? name : 'box') ?? [];
}

/** The part of a text-art frame at (x, y), with columns right and rows below cut off. */
export function crop(art: string, x: number, y: number, width: number, height: number): string {
  return art
    .split('\n')
    .slice(y, y + height)
    .map((row) => row.slice(x, x + width))
    .join('\n');
}

/** A picture written in a test: indentation and blank lines around it do not count. */
export function picture(art: string): string {
  return art
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
