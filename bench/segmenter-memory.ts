/**
 * Memory of one segmenter over a long life: small studies as fast as they go, each fetched, segmented by models of a few
 * nodes, encoded and delivered by the code that is shipped, so that what grows is what a job leaves behind.
 *
 *     node bench/segmenter-memory.ts [--jobs 3000] [--lives kafka,embedded,broken,free] [--every 50]
 *
 * `kafka`, `embedded`: with that queue, all garbage collected before each sample. `broken`: Kafka, and the archive's
 * connections break all the time. `free`: Kafka, garbage collected when V8 likes.
 * Writes bench/results/segmenter-memory-LIFE.json. KAFKA_DIST: the broker's folder.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadCatalogue } from '@maskwright/catalogue';
import { outsideArchive, startEmbeddedArchive } from '@maskwright/dicomweb';
import { loadBundles } from '@maskwright/model';
import { embeddedQueue, type Job, jobFor, kafkaQueue } from '@maskwright/queue';
import { startProxy } from '../test/faults/world/proxy.ts';
import { studies } from '../test/faults/world/studies.ts';
import { writeTinyModels } from '../test/faults/world/tiny-models.ts';
import { freePorts } from '../test/support/free-ports.ts';
import { startKafka } from '../test/support/kafka.ts';
import { writeResult } from './results.ts';
import type { Sample, SegmenterOrder } from './segmenter-memory-process.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '3000' },
    lives: { type: 'string', default: 'kafka,embedded,broken,free' },
    every: { type: 'string', default: '50' },
    studies: { type: 'string', default: '500' },
    snapshots: { type: 'string', default: '' },
  },
});
const JOBS = Number(values.jobs);
/** Connections are broken for a fifth of the time. */
const WEATHER_MS = 500;

const folder = await mkdtemp(path.join(os.tmpdir(), 'segmenter-memory-'));
const archive = await startEmbeddedArchive({ directory: path.join(folder, 'archive') });
const port = await freePorts(1);
const proxy = await startProxy(port, () => Number(new URL(archive.url).port));
try {
  const models = path.join(folder, 'models');
  await writeTinyModels(models);
  const jobs = await jobsOf(models);
  for (const name of values.lives.split(',')) {
    const samples = await live(name, models, jobs);
    const figures = { jobs: JOBS, studies: Number(values.studies), life: name, ...slopes(samples) };
    process.stderr.write(`${JSON.stringify(figures)}\n`);
    writeResult(`segmenter-memory-${name}`, { ...figures, samples });
  }
} finally {
  await Promise.all([proxy.close(), archive.close()]);
  await rm(folder, { recursive: true, force: true });
}

/** Each study is asked for with other words each time, so that all jobs have keys of their own and there need not be so many studies. */
async function jobsOf(models: string): Promise<Job[]> {
  const all = studies(Number(values.studies), 20_001);
  for (const { file } of all) await outsideArchive({ url: archive.url }).store([file]);
  const { tasks } = await loadCatalogue(path.join(import.meta.dirname, '../catalogue'));
  const task = tasks.find(({ id }) => id === 'polyp') ?? tasks.find(({ family }) => family === 'polyp');
  if (!task) throw new Error('the catalogue has no task for polyps');
  const bundles = await loadBundles(models, {});
  return Array.from({ length: JOBS }, (_, index) => {
    const { instance } = all[index % all.length] ?? {};
    if (!instance) throw new Error('there are no studies');
    const { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID } = instance;
    const prompt = index < all.length ? {} : { prompt: `one polyp, look ${index}` };
    return jobFor(
      { study, series, sources: [sopInstanceUID], task, lane: 'routine', ...prompt },
      (id) => bundles.get(id).digest,
    );
  });
}

async function live(name: string, models: string, jobs: readonly Job[]): Promise<Sample[]> {
  const home = path.join(folder, name);
  await mkdir(home);
  const broker = name === 'embedded' ? undefined : await startKafka();
  const topicPrefix = `memory-${name}`;
  const brokers = broker?.brokers ?? [];
  const order: SegmenterOrder = {
    config: {
      home,
      models: { folder: models },
      archive: { kind: 'outside', url: `http://127.0.0.1:${port}/dicom-web`, timeoutSeconds: 5 },
      queue: broker ? { kind: 'kafka', brokers, topicPrefix, partitions: 3 } : { kind: 'embedded' },
      services: ['segmenter'],
      segmenter: { threads: 1 },
      telemetry: { logLevel: 'error' },
    },
    every: Number(values.every),
    collect: name !== 'free',
    snapshots: values.snapshots.split(',').filter(Boolean).map(Number),
  };
  const queue = broker
    ? kafkaQueue({ brokers, clientId: 'bench', topicPrefix, partitions: 3 })
    : embeddedQueue({ file: path.join(home, 'queue.sqlite') });
  await queue.jobs.enqueue(jobs);
  const samples: Sample[] = [];
  const child = fork(path.join(import.meta.dirname, 'segmenter-memory-process.ts'), [JSON.stringify(order)], {
    execArgv: ['--expose-gc'],
  });
  const ended = once(child, 'exit');
  child.on('message', (sample: Sample) => {
    samples.push(sample);
    if (samples.length % 10 === 1) process.stderr.write(`${name} ${JSON.stringify(sample)}\n`);
  });
  try {
    while (child.exitCode === null && (samples.at(-1)?.jobs ?? 0) < JOBS - 2 * order.every) {
      if (name === 'broken') proxy.set({ cutAfterBytes: 3_000 });
      await delay(WEATHER_MS / 5);
      proxy.set({});
      await delay(WEATHER_MS);
    }
  } finally {
    if (child.connected) child.send({});
    await ended;
    await queue.close();
    await broker?.stop();
  }
  return samples;
}

/** MiB a thousand jobs, by least squares over each third of the life. */
function slopes(samples: readonly Sample[]) {
  const third = Math.floor(samples.length / 3);
  const parts = [0, 1, 2].map((part) => samples.slice(part * third, (part + 1) * third));
  const of = (value: (one: Sample) => number) => parts.map((part) => round(1000 * slope(part, value)));
  return {
    last: samples.at(-1),
    perThousandJobs: {
      rss: of(({ rss }) => rss),
      heapUsed: of(({ heapUsed }) => heapUsed),
      external: of(({ external }) => external),
    },
  };
}

function slope(samples: readonly Sample[], value: (one: Sample) => number): number {
  const mean = (of: (one: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean(({ jobs }) => jobs), mean(value)];
  const [top, bottom] = samples.reduce(
    ([a, b], one) => [a + (one.jobs - x) * (value(one) - y), b + (one.jobs - x) ** 2],
    [0, 0],
  );
  return bottom === 0 ? 0 : top / bottom;
}
function round(value: number): number {
  return Number(value.toFixed(2));
}
