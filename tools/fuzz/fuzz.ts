import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { processorMs } from '../../shared/image/codec/processor-time.ts';
import type { TargetReply } from './target.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly milliseconds: number;
  readonly inputs: number;
  readonly onFault: (fault: Fault) => void;
}
/** An input that did not end as it must. */
export interface Fault {
  readonly seed: number;
  readonly made: string;
  readonly reason: string;
}
export interface FuzzReport {
  readonly inputs: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly milliseconds: number; readonly seed: number };
  /** Highest resident memory of the process with the inputs, and of one decoder. */
  readonly peakMiB: { readonly target: number; readonly decoder: number };
  readonly faults: readonly Fault[];
}

/** Each input ends within this, in a result or a named error: by the clock, or on a busy machine by the processor. */
export const BOUND_MS = 5_000;
/** Whoever waits this long does not wait for the processor. */
const STUCK_MS = 60_000;
const LOOK_MS = 100;
/** A process that reads and renders, and a decoder's (768 MiB of WebAssembly memory, and Node itself). */
export const BOUND_MIB = { target: 1_024, decoder: 900 };
const START_MS = 60_000;

/** Tries inputs of rising seeds, one at a time, in a process that may die. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const outcomes: Record<string, number> = {};
  const faults: Fault[] = [];
  const peak = { target: 0, decoder: 0 };
  let slowest = { milliseconds: 0, seed: options.seed };
  let target: ChildProcess | undefined;
  let tried = 0;
  const until = performance.now() + options.milliseconds;
  const blame = (fault: Fault): void => {
    faults.push(fault);
    options.onFault(fault);
  };
  for (; tried < options.inputs && performance.now() < until; tried += 1) {
    const seed = options.seed + tried;
    target ??= await startTarget();
    const started = performance.now();
    const reply = await attempt(target, seed);
    const milliseconds = performance.now() - started;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, seed };
    const memory = memoryOf(target);
    peak.target = Math.max(peak.target, memory.target);
    peak.decoder = Math.max(peak.decoder, memory.decoder);
    const outcome = 'outcome' in reply ? reply.outcome : reply.reason;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const made = 'made' in reply ? reply.made : '';
    const tooMuch = memory.target > BOUND_MIB.target || memory.decoder > BOUND_MIB.decoder;
    if (!('outcome' in reply)) blame({ seed, made, reason: reply.reason });
    else if (reply.fault !== undefined) blame({ seed, made, reason: reply.fault });
    else if (tooMuch) blame({ seed, made, reason: `memory: ${JSON.stringify(memory)} MiB` });
    if (!('outcome' in reply) || tooMuch) {
      target.kill('SIGKILL');
      target = undefined;
    }
  }
  target?.kill('SIGKILL');
  return { inputs: tried, outcomes, slowest, peakMiB: peak, faults };
}

async function startTarget(): Promise<ChildProcess> {
  const target = fork(path.join(import.meta.dirname, 'target.ts'), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const reply = await next(target, START_MS);
  if (!('outcome' in reply)) throw new Error(`the target did not start: ${reply.reason}`);
  return target;
}

function attempt(target: ChildProcess, seed: number): Promise<TargetReply | { reason: string }> {
  const before = processorMs(target.pid);
  const reply = next(target, STUCK_MS, (waited) => {
    const now = processorMs(target.pid);
    const used = before === undefined || now === undefined ? waited : now - before;
    return waited > BOUND_MS && used > BOUND_MS;
  });
  target.send(seed);
  return reply;
}

/** The next message; or why none will come. `given` is asked now and then whether to give up. */
function next(
  target: ChildProcess,
  milliseconds: number,
  given: (waited: number) => boolean = () => false,
): Promise<TargetReply | { reason: string }> {
  return new Promise((resolve) => {
    const started = performance.now();
    const finish = (reply: TargetReply | { reason: string }): void => {
      clearInterval(timer);
      target.off('message', finish);
      target.off('exit', died);
      resolve(reply);
    };
    const died = (): void => finish({ reason: 'crash' });
    const timer = setInterval(() => {
      const waited = performance.now() - started;
      if (waited > milliseconds || given(waited)) finish({ reason: 'hang' });
    }, LOOK_MS);
    target.on('message', finish);
    target.on('exit', died);
  });
}

/** High-water marks of resident memory in MiB (Linux; 0 elsewhere). */
function memoryOf(target: ChildProcess): { target: number; decoder: number } {
  const { pid } = target;
  const decoders = text(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  return { target: mark(String(pid)), decoder: Math.max(0, ...decoders.map(mark)) };
}
function mark(pid: string): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024);
}
function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
