/**
 * A place of its own for each PC/SC daemon: its socket's path and its reader's port are fixed, so
 * each needs namespaces for mounts and network. Where the kernel gives none, there is one daemon at
 * a time, on the machine itself.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Ways to enter new namespaces: as root, as root in a chroot, as anybody. */
const WAYS: readonly (readonly string[])[] = [
  ['-m', '-n'],
  ['-m', '-n', '--propagation', 'unchanged'],
  ['-U', '-r', '-m', '-n'],
];

/**
 * Brings the loopback up. `quickack`: vpcd sends length and payload in two writes, and the second
 * one would wait for the delayed acknowledgement of the first, 50 ms for every command.
 */
const NETWORK = `
ip link set lo up
for range in 127.0.0.0/8 127.0.0.1; do
  ip route change local $range dev lo table local proto kernel scope host src 127.0.0.1 quickack 1
done`;

const MOUNTS = 'mkdir -p /run/pcscd && mount -t tmpfs none /run/pcscd';

/** How namespaces can be had here; null: not at all. */
const way = WAYS.find(isPossible) ?? null;

export const isIsolated = way !== null;

/** How long a test with a desk may take; without namespaces they wait for one another. */
export const DESK_MILLISECONDS = isIsolated ? 300_000 : 600_000;

function isPossible(flags: readonly string[]): boolean {
  const before = mountsSeen();
  const { status } = spawnSync('unshare', [...flags, 'sh', '-ec', `${NETWORK}\n${MOUNTS}`]);
  // A mount that others see is no namespace: the parent mount of a chroot may be shared.
  const isSeen = mountsSeen() > before;
  if (isSeen) spawnSync('umount', ['/run/pcscd']);
  return status === 0 && !isSeen;
}

function mountsSeen(): number {
  return readFileSync('/proc/self/mounts', 'utf8').split(' /run/pcscd tmpfs ').length;
}

/** The command line that runs a script in namespaces of its own. */
export function isolate(script: string): string[] {
  if (way === null) return ['sh', '-ec', `mkdir -p /run/pcscd\n${script}`];
  return ['unshare', ...way, 'sh', '-ec', `${NETWORK}\n${MOUNTS}\n${script}`];
}

/** The command line that runs a program in the namespaces of a process. */
export function enter(
  process_: number,
  folder: string,
  program: readonly string[],
): [string, ...string[]] {
  const inFolder = ['env', '-C', folder, ...program] as [string, ...string[]];
  if (way === null) return inFolder;
  const user = way.includes('-U') ? ['-U', '--preserve-credentials'] : [];
  // The root as well: whoever enters a mount namespace leaves a chroot.
  return ['nsenter', '-t', String(process_), ...user, '-m', '-n', '--root', ...inFolder];
}
