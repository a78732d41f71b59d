import { existsSync, readFileSync } from 'node:fs';
import { processorMs } from '../../shared/image/codec/processor-time.ts';
import { maskwright } from './maskwright.ts';

export interface MeasuredRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Time on the processor (Linux, in hundredths of a second) of the process and of all that it started, added. */
  readonly processorMs: number;
  /** High-water marks of resident memory (Linux), of the process and of all that it started, added; 0 elsewhere. */
  readonly peakMiB: number;
}

const SAMPLE_MS = 10;

/** A `maskwright` command with the time and the memory that it took. */
export async function measured(args: readonly string[]): Promise<MeasuredRun> {
  const started = performance.now();
  const process = maskwright(args);
  const marks = new Map<number, number>();
  const used = new Map<number, number>();
  const sample = (): void => {
    if (process.child.pid === undefined) return;
    for (const pid of family(process.child.pid)) {
      marks.set(pid, Math.max(marks.get(pid) ?? 0, highWaterMark(pid)));
      used.set(pid, Math.max(used.get(pid) ?? 0, processorMs(pid) ?? 0));
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const code = await process.ended;
  clearInterval(timer);
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  return {
    code,
    ...process.output(),
    milliseconds: performance.now() - started,
    processorMs: sum(used.values()),
    peakMiB: sum(marks.values()) / 1024,
  };
}

function family(pid: number): number[] {
  const children = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(children)) return [];
  const own = orEmpty(children).trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...own.flatMap(family)];
}
function highWaterMark(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(orEmpty(`/proc/${pid}/status`))?.[1] ?? 0);
}
/** A process may end while it is looked at. */
function orEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
