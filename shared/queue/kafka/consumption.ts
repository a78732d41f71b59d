import { messageOf } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import type { Kafka } from 'kafkajs';
import { type Backoff, backoffDelay } from '../backoff.ts';
import type { QueueLog } from '../log.ts';
import type { Gate } from '../queue.ts';
import { type UnreadableBatch, unreadableBatch } from './compression/stand-in.ts';
import { disconnect } from './disconnect.ts';
import { batchFailure, kafkaFailure } from './failure.ts';
import { type Delivery, type ScheduleRules, schedule } from './schedule.ts';

export interface Consumption {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly rules: ScheduleRules;
  /** While it is closed nothing is taken; fetching and heartbeats go on. */
  readonly gate?: Gate | undefined;
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly sessionTimeoutMs: number;
  readonly log: QueueLog;
  /** Ends the consumption once what is in hand is done. */
  readonly stop: AbortSignal;
  /** Ends it at once: handlers are told to stop. */
  readonly closing: AbortSignal;
  /** Called before each connection: makes the topics where they are absent. */
  prepare(): Promise<void>;
  handle(delivery: Delivery, signal: AbortSignal): Promise<Handled>;
  /** A batch that does not unpack and is passed over. */
  setAside(delivery: Delivery, batch: UnreadableBatch): Promise<void>;
  /** What was in a batch that a disk has damaged is found again without it; otherwise another copy of it is waited for. */
  readonly passesOverDamaged: boolean;
}

export type Handled =
  | { readonly kind: 'commit' }
  | { readonly kind: 'again'; readonly delayMs: number; readonly counted: boolean }
  /** Neither committed nor tried again here. */
  | { readonly kind: 'release' };

/** Fetching of a partition rests while so many of its messages wait here. */
const ENOUGH = 200;
/** A broker that is away is looked for at least this often, whatever the backoff of jobs is. */
const LONGEST_ABSENCE_MS = 5_000;
/** A resumed partition is fetched at the latest after this: kafkajs sees it only when its current fetch is over. */
const FETCH_WAIT_MS = 200;

/**
 * Consumes until `stop` or `closing` aborts. Where the broker goes away, waits for it.
 *
 * kafkajs only fetches: its own loop gets on to the next fetch when every batch of the last one is handled, so one long
 * job would hold up all partitions of the broker, and the heartbeat. So batches are put into a schedule and the loop goes on
 * (with its heartbeats); jobs are run beside it, and each is committed by itself.
 * @throws MaskwrightError CONFIG_INVALID (credentials, rights)
 */
export async function consumption(parts: Consumption): Promise<void> {
  const end = AbortSignal.any([parts.stop, parts.closing]);
  for (let failures = 1; !end.aborted; failures += 1) {
    try {
      await session(parts, end, () => {
        failures = 0;
      });
    } catch (error) {
      const failure = kafkaFailure(error, parts.brokers);
      if (!failure.retryable) throw failure;
      // Joining succeeds each time, and each time the group is shared out anew: so not often.
      const delayMs =
        failure.code === 'QUEUE_UNREADABLE'
          ? LONGEST_ABSENCE_MS
          : backoffDelay(Math.max(failures, 1), { ...parts.backoff, maxMs: LONGEST_ABSENCE_MS });
      parts.log('warn', failure.message, { code: failure.code, groupId: parts.groupId, topics: parts.topics, delayMs });
      await pause(delayMs, end);
    }
  }
}

/** One kafkajs consumer from connection to the end, or to a failure that it does not mend itself. */
async function session(parts: Consumption, end: AbortSignal, onJoined: () => void): Promise<void> {
  const consumer = parts.kafka.consumer({
    groupId: parts.groupId,
    sessionTimeout: parts.sessionTimeoutMs,
    rebalanceTimeout: 60_000,
    heartbeatInterval: 3_000,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: 262_144,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5, restartOnFailure: async () => !end.aborted },
  });
  const plan = schedule(parts.rules);
  const ended = new AbortController();
  const running = new Set<Promise<void>>();
  const confirmed = new Map<string, bigint>();
  const { promise: over, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let atGate = false;
  let member: string | undefined;
  let heardAt = Date.now();
  // It may fail before it is awaited below.
  over.catch(() => undefined);

  consumer.on(consumer.events.HEARTBEAT, () => {
    heardAt = Date.now();
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    heardAt = Date.now();
    // Under another name than before: the group had given us up, and others have done what we had fetched.
    if (payload.memberId !== member) plan.assign({});
    member = payload.memberId;
    plan.assign(payload.memberAssignment);
    // kafkajs remembers that a partition rests even when it was away meanwhile.
    for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
      consumer.resume([
        { topic, partitions: partitions.filter((partition) => plan.waiting(topic, partition) < ENOUGH) },
      ]);
    }
    onJoined();
  });
  // Every batch of the last fetch has been offered by now, so the most urgent of them is known.
  consumer.on(consumer.events.FETCH_START, dispatch);
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
    for (const { topic, partitions } of payload.topics) {
      for (const { partition, offset } of partitions) confirmed.set(`${topic}/${partition}`, BigInt(String(offset)));
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail(payload.error);
  });

  try {
    await parts.prepare();
    await consumer.connect();
    await consumer.subscribe({ topics: [...parts.topics], fromBeginning: true });
    end.addEventListener('abort', () => finish(), { once: true, signal: ended.signal });
    if (end.aborted) return;
    await consumer.run({
      autoCommit: false,
      // As many as there may be partitions: so all batches of a fetch are offered before anything else can happen.
      partitionsConsumedConcurrently: 1024,
      eachBatch: async ({ batch: { topic, partition, messages } }) => {
        plan.offer(topic, partition, messages);
        if (plan.waiting(topic, partition) >= ENOUGH) consumer.pause([{ topic, partitions: [partition] }]);
        parts.log('debug', 'fetched', { topic, partition, count: messages.length });
      },
    });
    await over;
    await Promise.all(running);
  } finally {
    clearTimeout(timer);
    ended.abort();
    await Promise.allSettled(running);
    await disconnect(consumer);
  }

  function dispatch(): void {
    clearTimeout(timer);
    if (parts.gate?.isOpen() === false) {
      waitAt(parts.gate);
      return;
    }
    // After a pause of the whole process (a frozen machine) nobody knows yet whether we are still of the group.
    if (Date.now() - heardAt > parts.sessionTimeoutMs) return;
    while (!end.aborted && !ended.signal.aborted && running.size < parts.concurrency) {
      const delivery = plan.take(Date.now());
      if (delivery === null) {
        alarm();
        return;
      }
      const run = settle(delivery).catch(fail);
      running.add(run);
      void run.then(() => {
        running.delete(run);
        dispatch();
      });
    }
  }

  function waitAt(gate: Gate): void {
    if (atGate) return;
    atGate = true;
    void gate.opened(AbortSignal.any([end, ended.signal])).then(() => {
      atGate = false;
      if (!end.aborted && !ended.signal.aborted) dispatch();
    });
  }

  /** Fetches come several times a second, so this matters only for short delays. */
  function alarm(): void {
    const now = Date.now();
    const due = plan.nextDue(now);
    if (due !== null) timer = setTimeout(dispatch, due - now);
  }

  async function settle(delivery: Delivery): Promise<void> {
    const { topic, partition } = delivery;
    const batch = unreadableBatch(delivery.message);
    const handled = batch
      ? await passOver(parts, delivery, batch)
      : await parts.handle(delivery, AbortSignal.any([parts.closing, ended.signal, delivery.lost]));
    if (handled.kind === 'again') plan.again(delivery, Date.now() + handled.delayMs, handled.counted);
    if (handled.kind === 'commit') {
      await commit(delivery);
      plan.finish(delivery);
      if (plan.waiting(topic, partition) < ENOUGH / 2) consumer.resume([{ topic, partitions: [partition] }]);
    }
  }

  /**
   * Tries until Kafka has it or the partition is another's. The confirmation is awaited as an event, because kafkajs'
   * commitOffsets resolves without having done anything while its consumer restarts.
   */
  async function commit({ topic, partition, message, lost }: Delivery): Promise<void> {
    // Whoever has it now may be further on: the group must not go back.
    if (lost.aborted) return;
    const next = BigInt(message.offset) + 1n;
    const givenUp = AbortSignal.any([parts.closing, ended.signal, lost]);
    for (let failures = 1; ; failures += 1) {
      try {
        await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
      } catch (error) {
        parts.log('warn', 'the commit is tried again', { topic, partition, error: messageOf(error) });
      }
      if ((confirmed.get(`${topic}/${partition}`) ?? -1n) >= next || givenUp.aborted) return;
      await pause(backoffDelay(failures, parts.backoff), givenUp);
    }
  }
}

/** @throws MaskwrightError QUEUE_UNREADABLE where it is not passed over: it is fetched again, perhaps from another broker */
async function passOver(parts: Consumption, delivery: Delivery, batch: UnreadableBatch): Promise<Handled> {
  const failure = batchFailure(delivery, batch);
  if (!batch.isAsSent && !parts.passesOverDamaged) throw failure;
  try {
    await parts.setAside(delivery, batch);
  } catch (error) {
    parts.log('warn', 'a batch could not be set aside', { error: messageOf(error) });
    return { kind: 'again', delayMs: backoffDelay(delivery.failures + 1, parts.backoff), counted: true };
  }
  parts.log('warn', `${failure.message}; it is passed over`, { code: failure.code });
  return { kind: 'commit' };
}
