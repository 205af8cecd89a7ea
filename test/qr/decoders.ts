/** Two readers of QR codes that have nothing to do with our encoder, nor with each other. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import decodeQr from 'qr/decode.js';
import type { Pixels } from '../../host/qr.ts';

/** Images that one process reads; it keeps all of them in memory. */
const BATCH = 160;

/** zbar-tools: the texts of many images, null where it finds none. */
export function readWithZbar(images: readonly Pixels[]): (string | null)[] {
  const texts: (string | null)[] = [];
  for (let start = 0; start < images.length; start += BATCH) {
    texts.push(...readBatch(images.slice(start, start + BATCH)));
  }
  return texts;
}

function readBatch(images: readonly Pixels[]): (string | null)[] {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-qr-'));
  try {
    const files = images.map(({ size, grey }, index) => {
      const file = join(folder, `${index}.pgm`);
      writeFileSync(file, Buffer.concat([Buffer.from(`P5 ${size} ${size} 255\n`), grey]));
      return file;
    });
    const found = zbarimg(files);
    return files.map((file) => found.get(file) ?? null);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** File → text; zbarimg says by exit code 4 that some image has no symbol. */
function zbarimg(files: string[]): Map<string, string> {
  const options = ['--quiet', '--xml', '-Sdisable', '-Sqrcode.enable'];
  let xml: string;
  try {
    xml = execFileSync('zbarimg', [...options, ...files], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    if (status !== 4) throw error;
    xml = stdout;
  }
  const found = new Map<string, string>();
  for (const [, file, symbols] of xml.matchAll(/<source href='(.*?)'>(.*?)<\/source>/gs)) {
    const data = /<!\[CDATA\[(.*?)\]\]><\/data>/s.exec(symbols!);
    if (data) found.set(file!, data[1]!);
  }
  return found;
}

/** The npm package qr: the text of an image, null where it finds none. */
export function readWithQr({ size, grey }: Pixels): string | null {
  const data = new Uint8Array(size * size * 4);
  for (let index = 0; index < grey.length; index++)
    data.fill(grey[index]!, 4 * index, 4 * index + 4);
  try {
    return decodeQr({ width: size, height: size, data }, { timeLimit: Number.MAX_SAFE_INTEGER });
  } catch {
    return null;
  }
}
