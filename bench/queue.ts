/**
 * Both queues against the bare thing under each, in turns within one run: publish, consume with a commit a job, time from
 * publish to receipt; and the memory of a worker beside 1,000 to 100,000 jobs that wait.
 *
 *     node bench/queue.ts [--jobs 2000] [--rounds 3] [--waiting 1000,10000,100000]
 *
 * KAFKA_DIST: the broker's folder; KAFKA_TOOLS: a folder with kafka-tools-*.jar, for the broker's own performance tests.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startKafka } from '../test/support/kafka.ts';
import { kafkaFolder, needs } from '../test/support/needs.ts';
import { benchJobs } from './queue-jobs.ts';
import { measureMemory } from './queue-memory.ts';
import { brokersOwn } from './queue-perf.ts';
import { bareKafkajs, bareSqlite, ourEmbedded, ourKafka, type Side } from './queue-sides.ts';
import { median, writeResult } from './results.ts';

const BATCH = 100;
const SAMPLES = 200;
const PACE_MS = 25;

interface Measured {
  /** Jobs a second, one call a job. */
  readonly publishSingly: number;
  /** Jobs a second, in calls of 100. */
  readonly publishBatches: number;
  readonly consume: number;
  readonly consumeBy12: number;
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
}

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    waiting: { type: 'string', default: '1000,10000,100000' },
  },
});
const COUNT = Number(values.jobs);

const broker = needs.kafka.there ? await startKafka() : undefined;
// The queue whose memory is looked at: 100,000 events are not flushed one by one for that.
const quick = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
const folder = mkdtempSync(path.join(quick, 'queue-bench-'));
try {
  const loadAtStart = os.loadavg()[0];
  const rounds: Record<string, Measured[]> = {};
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const side of await sides(round)) {
      const measured = await measure(side);
      rounds[side.name] = [...(rounds[side.name] ?? []), measured];
      process.stderr.write(`${side.name} ${JSON.stringify(measured)}\n`);
      await side.close();
    }
  }
  const rows = Object.entries(rounds).map(([side, runs]) => ({ side, ...medians(runs) }));
  const ratios = [ratio('embedded queue', 'bare node:sqlite'), ratio('Kafka queue', 'bare kafkajs')].flat();
  const own = broker ? await brokersOwn(broker.brokers, kafkaFolder, process.env.KAFKA_TOOLS) : null;
  const sizes = values.waiting.split(',').map(Number);
  const memory = [
    ...(await measureMemory({ kind: 'embedded', at: path.join(folder, 'queue.sqlite'), prefix: '' }, sizes)),
    ...(broker ? await measureMemory({ kind: 'kafka', at: broker.brokers[0] ?? '', prefix: 'waiting' }, sizes) : []),
  ];
  writeResult('queue', { jobs: COUNT, loadAtStart, rows, ratios, brokersOwn: own, memory, rounds });
  console.table(rows);
  console.table(ratios);
  console.table(memory);

  function ratio(ours: string, peer: string) {
    const [one, other] = [ours, peer].map((name) => rows.find(({ side }) => side === name));
    if (!one || !other) return [];
    return {
      ours,
      against: peer,
      publishSingly: share(one.publishSingly, other.publishSingly),
      publishBatches: share(one.publishBatches, other.publishBatches),
      consume: share(one.consume, other.consume),
      consumeBy12: share(one.consumeBy12, other.consumeBy12),
      latencyP50: share(one.latencyP50Ms, other.latencyP50Ms),
    };
  }
} finally {
  await broker?.stop();
  rmSync(folder, { recursive: true });
}

async function sides(round: number): Promise<Side[]> {
  const embedded = [ourEmbedded(), bareSqlite()];
  if (!broker) return embedded;
  return [...embedded, ourKafka(broker.brokers, `bench${round}`), await bareKafkajs(broker.brokers, `bare${round}`)];
}

async function measure(side: Side): Promise<Measured> {
  // Connects, makes its topics, and lets the code become warm.
  await side.publish(benchJobs(0, BATCH));
  await consume(side, BATCH, 1);
  const publishSingly = await rate(COUNT, async () => {
    for (const job of benchJobs(10_000, COUNT)) await side.publish([job]);
  });
  const consumed = await consume(side, COUNT, 1);
  const publishBatches = await rate(COUNT, async () => {
    for (let first = 0; first < COUNT; first += BATCH) await side.publish(benchJobs(500_000 + first, BATCH));
  });
  const consumeBy12 = await consume(side, COUNT, 12);
  const waits = await latencies(side);
  return {
    publishSingly,
    publishBatches,
    consume: consumed,
    consumeBy12,
    latencyP50Ms: quantile(waits, 0.5),
    latencyP95Ms: quantile(waits, 0.95),
  };
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round(count / ((performance.now() - started) / 1000));
}

/** Jobs a second from the first that comes to the last, so that joining a group does not count. */
async function consume(side: Side, count: number, concurrency: number): Promise<number> {
  const stop = new AbortController();
  let [seen, first, last] = [0, 0, 0];
  await side.receive(
    () => {
      seen += 1;
      last = performance.now();
      if (seen === 1) first = last;
      if (seen === count) stop.abort();
    },
    concurrency,
    stop.signal,
  );
  return Math.round((seen - 1) / ((last - first) / 1000));
}

/** Milliseconds from the call of publish to the receipt, at a pace that no side is busy at. */
async function latencies(side: Side): Promise<number[]> {
  const stop = new AbortController();
  const sent = new Map<string, number>();
  const waits: number[] = [];
  const received = side.receive(
    (key) => {
      const at = sent.get(key);
      if (at !== undefined) waits.push(performance.now() - at);
    },
    1,
    stop.signal,
  );
  // The first says that the receiver is there.
  const jobs = benchJobs(900_000, SAMPLES + 1);
  for (const [index, job] of jobs.entries()) {
    sent.set(job.key, performance.now());
    await side.publish([job]);
    while (index === 0 && waits.length === 0) await delay(PACE_MS);
    await delay(PACE_MS);
  }
  for (let patience = 0; waits.length < jobs.length && patience < 400; patience += 1) await delay(PACE_MS);
  stop.abort();
  await received;
  return waits.slice(1);
}

function medians(runs: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(runs.map((run) => run[name]));
  return {
    publishSingly: of('publishSingly'),
    publishBatches: of('publishBatches'),
    consume: of('consume'),
    consumeBy12: of('consumeBy12'),
    latencyP50Ms: of('latencyP50Ms'),
    latencyP95Ms: of('latencyP95Ms'),
  };
}
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1));
}
function share(ours: number, theirs: number): number {
  return Number((ours / theirs).toFixed(2));
}
