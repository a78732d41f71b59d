/**
 * The two processes of bench/intake.ts, so that memory and processor time are of intake alone: an archive that answers from
 * memory, and intake with its queue. Both are started with `fork` and speak by messages.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import { outsideArchive } from '@maskwright/dicomweb';
import { type IntakeOptions, runIntake } from '@maskwright/intake';
import { embeddedQueue, kafkaQueue, type Queue } from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { startOrigin } from './sweep-origin.ts';

export interface IntakeOrder {
  readonly archive: string;
  /** A folder for intake's memory, and for the queue where there is no broker. */
  readonly folder: string;
  readonly broker?: string;
  readonly options: IntakeOptions;
}
export type FromIntake =
  /** A job is durable in its lane. */
  { readonly kind: 'queued'; readonly study: string } | { readonly kind: 'sample'; readonly sample: Sample };
export interface Sample {
  readonly seconds: number;
  /** Studies whose jobs are queued. */
  readonly taken: number;
  readonly rssMiB: number;
  /** Of the JavaScript heap: objects, those among them that are no longer needed. */
  readonly heapMiB: number;
  /** What the JavaScript heap takes of the memory. */
  readonly heapTotalMiB: number;
  /** Buffers and whatever else JavaScript objects hold outside their heap. */
  readonly externalMiB: number;
  readonly cpuSeconds: number;
}

const SAMPLE_MS = 2000;

async function serveArchive(size: number): Promise<void> {
  const origin = await startOrigin(size, new Date());
  process.send?.({ url: origin.url });
  process.on('message', () => process.send?.({ added: origin.add() }));
}

async function takeIn({ archive, folder, broker, options }: IntakeOrder): Promise<void> {
  const queue = broker
    ? kafkaQueue({ brokers: [broker], clientId: 'bench', topicPrefix: path.basename(folder).toLowerCase() })
    : embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
  const started = performance.now();
  let taken = 0;
  const watched: Queue = {
    ...queue,
    jobs: {
      ...queue.jobs,
      async enqueue(jobs) {
        await queue.jobs.enqueue(jobs);
        for (const { study } of jobs) {
          taken += 1;
          tell({ kind: 'queued', study });
        }
      },
    },
  };
  const stop = new AbortController();
  process.on('message', () => stop.abort());
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage();
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    const sample: Sample = {
      seconds: Math.round((performance.now() - started) / 1000),
      taken,
      rssMiB: Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024),
      heapMiB: Math.round(heapUsed / 2 ** 20),
      heapTotalMiB: Math.round(heapTotal / 2 ** 20),
      externalMiB: Math.round(external / 2 ** 20),
      cpuSeconds: Math.round((user + system) / 1e6),
    };
    tell({ kind: 'sample', sample });
  }, SAMPLE_MS);
  const telemetry = startTelemetry({ service: 'bench', version: '0', logLevel: 'warn' });
  const deps = {
    archive: outsideArchive({ url: archive }),
    catalogue: await loadCatalogue(path.join(import.meta.dirname, '..', 'catalogue')),
    bundleDigest: (id: string) => id,
    now: () => new Date(),
    telemetry,
    queue: watched,
  };
  await runIntake(deps, { ...options, memoryFile: path.join(folder, 'intake.sqlite') }, stop.signal);
  clearInterval(timer);
  await telemetry.shutdown();
  await queue.close();
  process.disconnect?.();
}

function tell(message: FromIntake): void {
  process.send?.(message);
}

const [role, argument = ''] = process.argv.slice(2);
if (import.meta.main) await (role === 'archive' ? serveArchive(Number(argument)) : takeIn(JSON.parse(argument)));
