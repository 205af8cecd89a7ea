/** Files that hold a secret: readable by their owner only, and never written over another. */
import { rmSync, writeFileSync } from 'node:fs';
import { fault } from './errors.ts';

const OWNER_ONLY = 0o600;

/**
 * Writes a new file with mode 0600, through to the disk.
 * @throws CliError FILE_EXISTS, FILE_NOT_ACCESSIBLE; then nothing of it is left
 */
export function writeNewPrivateFile(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: OWNER_ONLY, flush: true });
  } catch (error) {
    throw writeFault(path, error as NodeJS.ErrnoException);
  }
}

/** Writes several of them, all or none. @throws CliError as writeNewPrivateFile */
export function writeNewPrivateFiles(
  files: readonly (readonly [path: string, content: string | Uint8Array])[],
): void {
  const written: string[] = [];
  try {
    for (const [path, content] of files) {
      writeNewPrivateFile(path, content);
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
}

/** Writes a file anew with mode 0600, in place of one that this program wrote before. */
export function replacePrivateFile(path: string, content: string): void {
  rmSync(path, { force: true });
  writeNewPrivateFile(path, content);
}

function writeFault(path: string, error: NodeJS.ErrnoException) {
  if (error.code === 'EEXIST') {
    return fault('FILE_EXISTS', `${path} exists`, 'choose another name, or move it away');
  }
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') rmSync(path, { force: true });
  return fault(
    'FILE_NOT_ACCESSIBLE',
    `${path}: ${error.code}`,
    'check the path, its rights and the disk',
  );
}
