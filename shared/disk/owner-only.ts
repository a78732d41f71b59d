import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files that SQLite keeps beside its own. */
const BESIDE = ['', '-wal', '-shm', '-journal'];

/**
 * Makes a file of SQLite's, and its folder, for their owner alone, where they are absent; a file that others may read (of an
 * earlier version, say) is closed to them, if it is ours.
 */
export function ownerOnly(file: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  for (const suffix of BESIDE) {
    const found = statSync(file + suffix, { throwIfNoEntry: false });
    if (found && (found.mode & 0o077) !== 0 && found.uid === process.getuid?.()) chmodSync(file + suffix, 0o600);
  }
}
