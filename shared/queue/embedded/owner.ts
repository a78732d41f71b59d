import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a running job: one opened queue in one run of one process. */
export interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Tells this process from a later one with the same pid; empty where the system does not say. */
  readonly started: string;
}

/** An owner that cannot be asked about (another container on the same file) is given up after this silence. */
export const OWNER_SILENCE_MS = 60_000;

export function thisOwner(): Owner {
  return { id: randomUUID(), host: hostname(), pid: process.pid, started: processStart(process.pid) ?? '' };
}

/** @param silentMs milliseconds since the owner last gave a sign of life */
export function isGone(owner: Owner, silentMs: number): boolean {
  if (owner.host !== hostname()) return silentMs > OWNER_SILENCE_MS;
  if (owner.started !== '') return processStart(owner.pid) !== owner.started;
  return !isRunning(owner.pid) || silentMs > OWNER_SILENCE_MS;
}

/** Clock ticks since boot when the process began (proc(5), field 22); null where there is no such process or no /proc. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 2 is the command in parentheses and may hold anything; field 3 is the state, Z for a corpse not yet buried.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
