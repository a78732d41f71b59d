import type { DecodedCodestream, DecodeRequest } from './message.ts';
import { startWorker, type Worker } from './worker.ts';

export interface CodecPoolOptions {
  /** Processes at a time. */
  readonly processes: number;
  /** Mebibytes that a decoder's memory may grow to. */
  readonly memoryMiB: number;
  /** Milliseconds on the processor for a small codestream; each mebibyte of codestream adds a second. */
  readonly timeoutMs: number;
  /** Milliseconds after which a process without work ends, and gives its memory back. */
  readonly idleMs: number;
}
export interface CodecPool {
  /** @throws MaskwrightError PIXELS_CORRUPT where the codestream cannot be decoded within time and memory */
  decode(request: DecodeRequest): Promise<DecodedCodestream>;
  /** Ends the processes that have no work. */
  close(): void;
}

/**
 * Decoding outside this process. A codec that loops, fills its memory or crashes takes its own process with it and
 * nothing else. Worker threads would not do: `resourceLimits` do not bound the memory of WebAssembly, and what crashes a
 * thread crashes all.
 */
export function codecPool(options: CodecPoolOptions): CodecPool {
  const idle: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  let running = 0;

  const start = (): Worker => {
    running += 1;
    return startWorker(options, gone);
  };
  const gone = (worker: Worker): void => {
    running -= 1;
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    const next = waiting.shift();
    if (next) next(start());
  };
  const take = async (): Promise<Worker> => {
    const ready = idle.pop();
    if (ready) return ready.wake();
    return running < options.processes ? start() : new Promise<Worker>((resolve) => waiting.push(resolve));
  };
  const give = (worker: Worker): void => {
    if (!worker.alive) return;
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker.rest());
  };

  return {
    async decode(request) {
      const worker = await take();
      try {
        return await worker.decode(request);
      } finally {
        give(worker);
      }
    },
    close() {
      for (const worker of [...idle]) worker.end();
    },
  };
}
