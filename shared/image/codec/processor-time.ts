import { readFileSync } from 'node:fs';

const MS_PER_TICK = 10;

/** Milliseconds on the processor that a process has used (Linux); undefined elsewhere, and where it is gone. */
export function processorMs(pid: number | undefined): number | undefined {
  try {
    // proc(5): the name in brackets may hold anything; behind it utime and stime are the 12th and 13th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * MS_PER_TICK : undefined;
  } catch {
    return undefined;
  }
}
