/**
 * Intake beside an archive in which 100,000 studies wait to be taken in: studies a second until their jobs are durable, memory
 * while it goes on, and the time from a new study, a notice in the queue or a notice over HTTP to its first job, at rest and
 * in the midst of the backlog. With both queues.
 *
 *     node bench/intake.ts [--studies 100000] [--minutes 60] [--queues embedded,kafka]
 *
 * Writes bench/results/intake-QUEUE.json and intake-QUEUE.md. KAFKA_DIST: the broker's folder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { IntakeOptions } from '@maskwright/intake';
import { embeddedQueue, kafkaQueue, type Queue, studyNoticeSchema } from '@maskwright/queue';
import { freePorts } from '../test/support/free-ports.ts';
import { startKafka } from '../test/support/kafka.ts';
import { needs } from '../test/support/needs.ts';
import type { FromIntake, IntakeOrder, Sample } from './intake-process.ts';
import { median, writeResult } from './results.ts';

const PROCESS = path.join(import.meta.dirname, 'intake-process.ts');
const TOKEN = 'bench-token';
const ASKED = 30;
/** Asked in the midst of the backlog: less often, so that it is not about them. */
const BACKLOG_PACE_MS = 500;
const PATIENCE_MS = 120_000;
const MARKS = [1_000, 10_000, 25_000, 50_000, 75_000, 100_000];

type Way = 'notice in the queue' | 'notice over HTTP' | 'sweep each second';
interface Latency {
  readonly queue: string;
  readonly when: 'at rest' | 'in the backlog';
  readonly way: Way;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly samples: number;
}
interface Backlog {
  readonly queue: string;
  readonly studies: number;
  readonly taken: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuMsPerStudy: number;
  /** When so many were taken in, as far as it came. */
  readonly rssMiB: Readonly<Record<string, number>>;
  readonly rssPeakMiB: number;
  /** Least squares over all samples after the first hundredth, which is for warming up; those in the file are each tenth. */
  readonly rssSlopeMiBPer10kStudies: number;
  readonly samples: readonly Sample[];
}

const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '60' },
    queues: { type: 'string', default: 'embedded,kafka' },
  },
});
const STUDIES = Number(values.studies);
for (const queue of values.queues.split(',')) {
  if (queue === 'kafka' && !needs.kafka.there) continue;
  const loadAtStart = os.loadavg()[0] ?? Number.NaN;
  const broker = queue === 'kafka' ? await startKafka() : undefined;
  try {
    const rest = await atRest(queue, broker?.brokers[0]);
    const { row, meanwhile } = await backlog(queue, broker?.brokers[0]);
    const latencies = [...rest, meanwhile];
    writeResult(`intake-${queue}`, { loadAtStart, latencies, backlog: row });
    writeFileSync(path.join(import.meta.dirname, `results/intake-${queue}.md`), page(row, latencies, loadAtStart));
  } finally {
    await broker?.stop();
  }
}

async function atRest(queue: string, broker: string | undefined): Promise<Latency[]> {
  const latencies: Latency[] = [];
  await using scene = await open(0, broker, { sweepSeconds: 3600 });
  for (const way of ['notice in the queue', 'notice over HTTP'] as const)
    latencies.push(await latency(scene, queue, 'at rest', way, 20));
  await using swept = await open(0, broker, { sweepSeconds: 1 });
  latencies.push(await latency(swept, queue, 'at rest', 'sweep each second', 20));
  return latencies;
}

async function backlog(
  queue: string,
  broker: string | undefined,
): Promise<{ readonly row: Backlog; readonly meanwhile: Latency }> {
  await using scene = await open(STUDIES, broker, { sweepSeconds: 60 });
  const until = performance.now() + Number(values.minutes) * 60_000;
  const taken = () => scene.samples.at(-1)?.taken ?? 0;
  while (taken() < STUDIES / 100) await delay(200);
  const meanwhile = await latency(scene, queue, 'in the backlog', 'notice in the queue', BACKLOG_PACE_MS);
  while (taken() < STUDIES && performance.now() < until) await delay(500);
  const { samples } = scene;
  const [first, last] = [samples.find((one) => one.taken >= STUDIES / 100), samples.at(-1)];
  if (!first || !last) throw new Error('no study was taken in');
  const steady = samples.slice(samples.indexOf(first));
  const row: Backlog = {
    queue,
    studies: STUDIES,
    taken: last.taken,
    seconds: last.seconds,
    perSecond: Math.round((last.taken - first.taken) / Math.max(1, last.seconds - first.seconds)),
    cpuMsPerStudy: round((1000 * (last.cpuSeconds - first.cpuSeconds)) / Math.max(1, last.taken - first.taken)),
    rssMiB: Object.fromEntries(
      MARKS.flatMap((mark) => {
        const sample = samples.find(({ taken }) => taken >= mark);
        return sample ? [[mark, sample.rssMiB]] : [];
      }),
    ),
    rssPeakMiB: Math.max(...samples.map(({ rssMiB }) => rssMiB)),
    rssSlopeMiBPer10kStudies: round(10_000 * slope(steady)),
    samples: samples.filter((_, index) => index % 10 === 0),
  };
  process.stderr.write(`${JSON.stringify({ ...row, samples: undefined })}\n`);
  return { row, meanwhile };
}

interface Scene extends AsyncDisposable {
  readonly samples: readonly Sample[];
  readonly notices: Queue['notices'];
  readonly http: string;
  /** Puts a study into the archive: its UID. */
  add(): Promise<string>;
  /** When the study's first job was durable; ms as performance.now(). */
  queued(study: string): Promise<number>;
}

/** An archive and intake with a queue of its own. */
async function open(
  studies: number,
  broker: string | undefined,
  given: Pick<IntakeOptions, 'sweepSeconds'>,
): Promise<Scene> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'intake-bench-'));
  const archive = fork(PROCESS, ['archive', String(studies)]);
  const { url } = await answer<{ url: string }>(archive);
  const port = await freePorts(1);
  const order: IntakeOrder = {
    archive: url,
    folder,
    ...(broker === undefined ? {} : { broker }),
    options: {
      ...given,
      quietSeconds: 0,
      notify: { port, host: '127.0.0.1', auth: { kind: 'bearer', token: TOKEN } },
    },
  };
  const intake = fork(PROCESS, ['intake', JSON.stringify(order)], {
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  });
  const samples: Sample[] = [];
  const waiting = new Map<string, (at: number) => void>();
  intake.on('message', (message: FromIntake) => {
    if (message.kind === 'sample') {
      samples.push(message.sample);
      const { taken, seconds } = message.sample;
      if (samples.length % 30 === 0)
        process.stderr.write(`${taken} after ${seconds} s, ${message.sample.rssMiB} MiB\n`);
    } else waiting.get(message.study)?.(performance.now());
  });
  const queue = broker
    ? kafkaQueue({ brokers: [broker], clientId: 'bench-pacs', topicPrefix: path.basename(folder).toLowerCase() })
    : embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
  while (samples.length === 0) await delay(100);
  return {
    samples,
    notices: queue.notices,
    http: `http://127.0.0.1:${port}/notices`,
    async add() {
      archive.send({});
      return (await answer<{ added: string }>(archive)).added;
    },
    queued(study) {
      const { promise, resolve } = Promise.withResolvers<number>();
      waiting.set(study, resolve);
      const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => Number.NaN);
      return Promise.race([promise, late]).finally(() => waiting.delete(study));
    },
    async [Symbol.asyncDispose]() {
      intake.send({});
      await new Promise((resolve) => intake.once('exit', resolve));
      archive.kill();
      await queue.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Milliseconds from the study or its notice to its first job. */
async function latency(scene: Scene, queue: string, when: Latency['when'], way: Way, paceMs: number): Promise<Latency> {
  const waits: number[] = [];
  // The first shows that everything is connected.
  for (let index = 0; index <= ASKED; index += 1) {
    const study = await scene.add();
    const queued = scene.queued(study);
    const asked = performance.now();
    await name(scene, way, study);
    const waited = (await queued) - asked;
    if (index > 0) waits.push(waited);
    await delay(paceMs + Math.random() * paceMs);
  }
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  const row: Latency = { queue, when, way, p50Ms: round(median(waits)), p95Ms: at(0.95), samples: waits.length };
  process.stderr.write(`${JSON.stringify(row)}\n`);
  return row;
}

async function name(scene: Scene, way: Way, study: string): Promise<void> {
  const notice = studyNoticeSchema.parse({ schema: 'maskwright.study-notice/1', study, expectedImages: 1 });
  if (way === 'notice in the queue') await scene.notices.publish([notice]);
  if (way === 'notice over HTTP') {
    const answered = await fetch(scene.http, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(notice),
    });
    if (answered.status !== 202) throw new Error(`the notice was answered with ${answered.status}`);
  }
}

/** The child's next message. */
function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message: T) => resolve(message)));
}

/** MiB a study. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean(({ taken }) => taken), mean(({ rssMiB }) => rssMiB)];
  const [top, bottom] = samples.reduce(
    ([a, b], one) => [a + (one.taken - x) * (one.rssMiB - y), b + (one.taken - x) ** 2],
    [0, 0],
  );
  return bottom === 0 ? 0 : top / bottom;
}
function round(value: number): number {
  return Number(value.toFixed(1));
}

function page({ samples: _, rssMiB, ...row }: Backlog, latencies: readonly Latency[], loadAtStart: number): string {
  const table = (rows: readonly object[]) => {
    const names = Object.keys(rows[0] ?? {});
    const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
    return [line(names), line(names.map(() => '---')), ...rows.map((row) => line(Object.values(row)))].join('\n');
  };
  return `# Intake beside a full archive, ${row.queue} queue

## The backlog

${table([row])}

\`perSecond\` is of studies whose jobs were durable, one job a study, four studies at a time as shipped; memory and processor time are of the intake process alone. The archive answers from memory in a process of its own; all of it, the broker too, shares ${os.cpus().length} cores (${os.cpus()[0]?.model ?? ''}) with other work: load ${loadAtStart.toFixed(1)} at the start, ${os.loadavg()[0]?.toFixed(1)} at the end.

Resident memory when so many studies were taken in, MiB:

${table([rssMiB])}

## From a study to its first job

${table(latencies)}

Milliseconds from the call that names the study to its job being durable in its lane, without the quiet time that is waited for studies of unknown size (\`intake.quietSeconds\`). The sweep is by default each 60 s, here each second.
`;
}
