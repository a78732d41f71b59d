import { messageOf } from '@maskwright/errors';
import { attempt, type HandleJob } from '../attempt.ts';
import { backoffDelay } from '../backoff.ts';
import { parseJob } from '../messages.ts';
import type { ConsumeOptions, Job, JobQueue } from '../queue.ts';
import { type Consumption, consumption, type Handled } from './consumption.ts';
import type { DeadLetters } from './dead-letters.ts';
import { failuresOf, jobRules, TRIES_IN_PLACE, toRetry } from './retry.ts';
import type { Delivery } from './schedule.ts';
import type { Outgoing, Sender } from './sender.ts';
import { LANES, type Topics } from './topics.ts';

export interface KafkaJobsParts {
  readonly common: Omit<
    Consumption,
    'topics' | 'rules' | 'gate' | 'concurrency' | 'stop' | 'handle' | 'passesOverDamaged'
  >;
  readonly topics: Topics;
  readonly sender: Sender;
  readonly dead: DeadLetters;
}

/** A topic a lane, keyed by study: Kafka keeps the order, and one consumer has a study at a time. */
export function kafkaJobs({ common, topics, sender, dead }: KafkaJobsParts): JobQueue {
  return {
    async enqueue(jobs) {
      await common.prepare();
      await sender.send(jobs.map(outgoing));
    },

    consume: (handle, options) =>
      consumption({
        ...common,
        topics: [...LANES.map((lane) => topics.jobs[lane]), topics.retry],
        rules: jobRules(topics, common.backoff),
        gate: options.gate,
        concurrency: options.concurrency ?? 1,
        stop: options.signal,
        handle: (delivery, signal) => settle(delivery, signal, handle, options),
        // A person's own words may be among them, and nobody says those again.
        passesOverDamaged: false,
      }),

    deadLetters: () => dead.list(),

    async replay(job) {
      if ((await dead.find(job.key)) === undefined) return false;
      // In this order: a crash between the two repeats the job, and identity makes one result of it.
      await sender.send([outgoing(job)]);
      await dead.remove(job.key);
      return true;
    },
  };

  function outgoing(job: Job): Outgoing {
    const headers = job.traceparent === undefined ? {} : { traceparent: job.traceparent };
    return { topic: topics.jobs[job.lane], message: { key: job.study, value: JSON.stringify(job), headers } };
  }

  async function settle(
    delivery: Delivery,
    signal: AbortSignal,
    handle: HandleJob,
    options: ConsumeOptions,
  ): Promise<Handled> {
    const job = readJob(delivery);
    try {
      if (job instanceof Error) {
        common.log('warn', job.message, {
          topic: delivery.topic,
          partition: delivery.partition,
          offset: delivery.message.offset,
        });
        await dead.addUnreadable(delivery, job.message);
        return { kind: 'commit' };
      }
      const outcome = await attempt(job, handle, options, signal);
      if (outcome.kind === 'release') return outcome;
      if (outcome.kind === 'dead') await dead.add(outcome.letter);
      if (outcome.kind !== 'retry') return { kind: 'commit' };
      return await tryAgain(delivery, job, outcome.error, options);
    } catch (error) {
      // The broker is away: the message stays where it is.
      common.log('warn', 'a job could not be set aside', { error: messageOf(error) });
      return { kind: 'again', delayMs: backoffDelay(delivery.failures + 1, common.backoff), counted: true };
    }
  }

  /** In its place the first times, then at the tail of the retry topic. */
  async function tryAgain(delivery: Delivery, job: Job, error: Error, options: ConsumeOptions): Promise<Handled> {
    const counted = options.gate?.isOpen() !== false;
    const failures = failuresOf(delivery) + 1;
    const inPlace = !counted || failures < TRIES_IN_PLACE;
    const delayMs = counted ? backoffDelay(inPlace ? failures : Number.MAX_SAFE_INTEGER, common.backoff) : 0;
    if (!inPlace) await sender.send([toRetry(topics, job, delivery, failures, Date.now() + delayMs)]);
    options.onRetry?.(job, error, delayMs);
    return inPlace ? { kind: 'again', delayMs, counted } : { kind: 'commit' };
  }
}

function readJob({ message }: Delivery): Job | Error {
  try {
    return parseJob(message.value ?? '');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
