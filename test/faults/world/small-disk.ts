import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const FILLER = 'filler';

/** Leaves not a byte free. */
export function fill(folder: string): void {
  for (const size of [1_000_000, 10_000, 100, 1]) {
    try {
      for (;;) writeFileSync(path.join(folder, FILLER), Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Not even so much fits any more.
    }
  }
}

export function mountSmall(folder: string, megabytes: number): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
}

export function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder]);
}

/** What is mounted in a folder. */
export function mountsBelow(folder: string): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((place) => place.startsWith(`${folder}/`));
}
