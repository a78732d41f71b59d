import { AsyncLocalStorage } from 'node:async_hooks';
import type { Task } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { Job, JobEvent, Queue } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';

/** What spans, metrics and lines say of jobs. */
export interface JobTelemetry {
  /** Runs one attempt at a job in a span of its own, and counts its time, however it ends. */
  attempt(job: Job, signal: AbortSignal, work: () => Promise<JobEvent>): Promise<void>;
  /** Counts a job's end. */
  ended(event: JobEvent): void;
  /** Writes a line with the trace of the job's last attempt, though that be over. */
  say(level: 'info' | 'warn' | 'error', job: Job, fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Seconds: a photograph takes less than one, a long series some minutes. */
const BOUNDARIES = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** A task that the catalogue does not have is `unknown`: whoever sends jobs could else put any words, and any number of them, there. */
export function jobTelemetry(
  { log, meter, span }: Telemetry,
  { tasks }: { readonly tasks: readonly Pick<Task, 'id'>[] },
  { system }: Pick<Queue, 'system'>,
): JobTelemetry {
  const known = new Set(tasks.map(({ id }) => id));
  const taskOf = ({ task }: Pick<Job, 'task'>) => (known.has(task) ? task : 'unknown');
  const about = (job: Job) => ({ study: job.study, series: job.series, task: taskOf(job), key: job.key });
  const outcomes = meter.createCounter('maskwright_jobs', { description: 'Jobs by the state in which they ended' });
  const seconds = meter.createHistogram('maskwright_job_duration', {
    unit: 's',
    description: 'Time from taking a job to the end of the attempt',
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  const traces = new WeakMap<Job, ReturnType<typeof AsyncLocalStorage.snapshot>>();
  const say: JobTelemetry['say'] = (level, job, fields, message) => {
    const inTrace = traces.get(job) ?? ((write: () => void) => write());
    inTrace(() => log[level]({ ...about(job), ...fields }, message));
  };
  return {
    attempt(job, signal, work) {
      const attributes = { ...about(job), 'messaging.system': system, 'messaging.operation.type': 'process' };
      return span('segmenter job', { kind: 'consumer', traceparent: job.traceparent, attributes }, async () => {
        traces.set(job, AsyncLocalStorage.snapshot());
        const started = performance.now();
        let outcome = 'failed';
        try {
          outcome = (await work()).state.kind;
          say('info', job, { outcome }, 'job done');
        } catch (error) {
          outcome = failureOf(error, signal);
          throw error;
        } finally {
          seconds.record((performance.now() - started) / 1000, { task: taskOf(job), outcome });
        }
      });
    },
    ended: (event) => outcomes.add(1, { outcome: event.state.kind, task: taskOf(event) }),
    say,
  };
}

/** `retried`: it comes again; `stopped`: it was to end at once, and another segmenter takes it; `failed`: it is set aside. */
function failureOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped';
  return error instanceof MaskwrightError && error.retryable ? 'retried' : 'failed';
}
