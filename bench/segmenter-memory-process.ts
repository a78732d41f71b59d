/**
 * The segmenter of bench/segmenter-memory.ts, as `maskwright up --service segmenter` runs it, telling its memory: started
 * with `fork` and `--expose-gc`, it ends when it is told anything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { parseConfig } from '@maskwright/config';
import type { Queue } from '@maskwright/queue';
import { openComposition, runServices } from '../cli/composition.ts';

export interface SegmenterOrder {
  readonly config: unknown;
  /** A sample each so many jobs. */
  readonly every: number;
  /** Whether all garbage is collected before each sample. */
  readonly collect: boolean;
  /** Jobs after which the heap is written to a file. */
  readonly snapshots: readonly number[];
}
/** MiB, but for the first two. */
export interface Sample {
  readonly jobs: number;
  readonly seconds: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

async function work({ config, every, collect, snapshots }: SegmenterOrder): Promise<void> {
  const composition = await openComposition(parseConfig(config, 'the bench'), process.env);
  const started = performance.now();
  let jobs = 0;
  const queue: Queue = {
    ...composition.queue,
    events: {
      ...composition.queue.events,
      async append(event) {
        await composition.queue.events.append(event);
        if (event.state.kind !== 'stored') return;
        jobs += 1;
        if (jobs % every === 0) process.send?.(await sample());
        if (snapshots.includes(jobs)) process.stderr.write(`${writeHeapSnapshot()}\n`);
      },
    },
  };
  const sample = async (): Promise<Sample> => {
    // Twice, with a turn between them: what a finalizer lets go is collected with the second.
    for (let time = 0; collect && time < 2; time += 1) {
      globalThis.gc?.();
      await delay(1);
    }
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    const sizes = { rss, heapUsed, heapTotal, external, arrayBuffers };
    const mib = Object.fromEntries(
      Object.entries(sizes).map(([name, bytes]) => [name, Number((bytes / 2 ** 20).toFixed(1))]),
    ) as Record<keyof typeof sizes, number>;
    return { jobs, seconds: Math.round((performance.now() - started) / 1000), ...mib };
  };
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  await runServices({ ...composition, queue }, ['segmenter'], stop.signal);
  await composition.close();
  process.disconnect?.();
}

if (import.meta.main) await work(JSON.parse(process.argv[2] ?? '{}'));
