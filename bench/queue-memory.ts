/**
 * What waits in a queue must not cost the memory of those who work on it. Each figure is of a process of its own, that opens
 * a queue in which so many jobs wait: `worker` takes them slowly, `follower` reads the log of events to its end, as intake
 * and the console do at their start, and stays.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedQueue, eventOf, kafkaQueue, type Queue } from '@maskwright/queue';
import { peakKiB, runProcess } from './child-process.ts';
import { benchJobs } from './queue-jobs.ts';
import { PARTITIONS } from './queue-sides.ts';

export interface Place {
  readonly kind: 'embedded' | 'kafka';
  /** A file, or a broker. */
  readonly at: string;
  readonly prefix: string;
}
export interface MemoryRow {
  readonly queue: Place['kind'];
  readonly role: Role;
  readonly waiting: number;
  /** When the queue is open and nothing is read yet. */
  readonly beforeMiB: number;
  /** At the end, after a collection. */
  readonly afterMiB: number;
  readonly peakMiB: number;
  /** Jobs or events taken meanwhile. */
  readonly taken: number;
  readonly seconds: number;
}
type Role = 'worker' | 'follower';

const ROLES: readonly Role[] = ['worker', 'follower'];
const SECONDS = 12;
const JOB_MS = 20;
const BATCH = 500;

/** Rows for each of the sizes, which must grow: what is missing is put in. */
export async function measureMemory(place: Place, sizes: readonly number[]): Promise<MemoryRow[]> {
  const rows: MemoryRow[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(place, filled, size);
    filled = size;
    for (const role of ROLES) {
      const command = [
        process.execPath,
        '--expose-gc',
        import.meta.filename,
        role,
        JSON.stringify(place),
        String(size),
      ];
      const row: MemoryRow = JSON.parse(await runProcess(command));
      rows.push(row);
      process.stderr.write(`${JSON.stringify(row)}\n`);
    }
  }
  return rows;
}

async function fill(place: Place, from: number, to: number): Promise<void> {
  const queue = openPlace(place);
  const at = new Date();
  for (let first = from; first < to; first += BATCH) {
    const jobs = benchJobs(first, Math.min(BATCH, to - first));
    await queue.jobs.enqueue(jobs);
    await Promise.all(jobs.map((job) => queue.events.append(eventOf(job, { kind: 'queued', lane: job.lane }, at))));
  }
  await queue.close();
}

function openPlace({ kind, at, prefix }: Place): Queue {
  if (kind === 'embedded') return embeddedQueue({ file: at });
  return kafkaQueue({ brokers: [at], clientId: 'bench', topicPrefix: prefix, partitions: PARTITIONS });
}

async function run(role: Role, place: Place, waiting: number): Promise<MemoryRow> {
  const queue = openPlace(place);
  await queue.check();
  globalThis.gc?.();
  const beforeMiB = rssMiB();
  const started = performance.now();
  const stop = new AbortController();
  let taken = 0;
  if (role === 'worker') {
    const work = queue.jobs.consume(
      async () => {
        taken += 1;
        await delay(JOB_MS);
      },
      { signal: stop.signal },
    );
    await delay(SECONDS * 1000);
    stop.abort();
    await work;
  } else {
    for await (const _event of queue.events.read(stop.signal)) {
      taken += 1;
      if (taken === waiting) stop.abort();
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const peakMiB = Math.round(peakKiB() / 1024);
  globalThis.gc?.();
  await delay(200);
  const row = {
    queue: place.kind,
    role,
    waiting,
    beforeMiB,
    afterMiB: rssMiB(),
    peakMiB,
    taken,
    seconds: round(seconds),
  };
  await queue.close();
  return row;
}

function rssMiB(): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
}
function round(value: number): number {
  return Number(value.toFixed(1));
}

const [name, place = '', waiting] = process.argv.slice(2);
const role = ROLES.find((one) => one === name);
if (import.meta.main && role) process.stdout.write(JSON.stringify(await run(role, JSON.parse(place), Number(waiting))));
