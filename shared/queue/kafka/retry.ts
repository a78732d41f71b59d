import type { Backoff } from '../backoff.ts';
import type { Job } from '../queue.ts';
import type { Delivery, Fetched, ScheduleRules } from './schedule.ts';
import type { Outgoing } from './sender.ts';
import { LANES, type Topics } from './topics.ts';

/**
 * A job that fails again and again must not hold up its partition, which holds other studies too. After a few tries in its
 * place it goes to the retry topic, at the tail, with the time before which it is not taken. All wait about equally long
 * there, so the head of a partition never waits much longer than those behind it.
 */
export const TRIES_IN_PLACE = 4;

const NOT_BEFORE = 'not-before';
const FAILURES = 'failures';
const LANE = 'lane';

/** The job's message for the retry topic. */
export function toRetry(topics: Topics, job: Job, { message }: Delivery, failures: number, due: number): Outgoing {
  const headers = { [NOT_BEFORE]: String(due), [FAILURES]: String(failures), [LANE]: job.lane };
  const trace = job.traceparent === undefined ? {} : { traceparent: job.traceparent };
  return { topic: topics.retry, message: { key: job.study, value: message.value, headers: { ...headers, ...trace } } };
}

/** How often a job has failed, in its lane and in the retry topic. */
export function failuresOf({ message, failures }: Delivery): number {
  return failures + numberIn(message, FAILURES);
}

/** A retried job keeps the rank of its lane. */
export function jobRules(topics: Topics, backoff: Backoff): ScheduleRules {
  const lanes = new Map(LANES.map((lane, rank) => [topics.jobs[lane], rank]));
  const ranks = new Map<string, number>(LANES.map((lane, rank) => [lane, rank]));
  return {
    rank: (topic, message) => lanes.get(topic) ?? ranks.get(text(message, LANE)) ?? LANES.length,
    // Whatever the clocks of the sender and of this machine say, nothing waits longer than the longest delay.
    notBefore: (topic, message, now) =>
      topic === topics.retry ? Math.min(numberIn(message, NOT_BEFORE), now + backoff.maxMs) : 0,
  };
}

function numberIn(message: Fetched, header: string): number {
  const value = Number(text(message, header));
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function text({ headers }: Fetched, header: string): string {
  const value = headers?.[header];
  return value instanceof Buffer || typeof value === 'string' ? value.toString() : '';
}
