/**
 * One holder of a token at a time: a file that names the process which has it.
 *
 * It appears with its content in it, by a hard link, so that nobody reads it half written. One that
 * a killed process left behind is taken over; of several that try, one gets it.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Locks of this process: its number alone may be that of a process which is gone. */
const held = new Set<string>();

/**
 * Takes a lock.
 * @returns null when it is ours now, else the process that has it
 * @throws a file system error
 */
export function takeLock(path: string): number | null {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    while (!tryLink(own, path)) {
      const holder = readHolder(path);
      if (holder !== null && isAlive(holder, path)) return holder;
      removeLeftover(path, holder, own);
    }
    held.add(resolve(path));
    return null;
  } finally {
    rmSync(own, { force: true });
  }
}

export function releaseLock(path: string): void {
  held.delete(resolve(path));
  rmSync(path, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Between our look and the removal another process may have put its own lock there: put it back. */
function removeLeftover(path: string, holder: number | null, own: string): void {
  const aside = `${own}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readHolder(aside) !== holder) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(holder: number, path: string): boolean {
  if (holder === process.pid) return held.has(resolve(path));
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
