import type { Admin } from 'kafkajs';
import { type Backoff, DEFAULT_BACKOFF } from '../backoff.ts';
import type { QueueLog } from '../log.ts';
import { parseJobEvent } from '../messages.ts';
import type { Queue } from '../queue.ts';
import { type KafkaConnection, kafkaClient } from './client.ts';
import { deadLetters, parseDeadEntry } from './dead-letters.ts';
import { orDisconnect } from './disconnect.ts';
import { kafkaEvents } from './events.ts';
import { kafkaFailure } from './failure.ts';
import { kafkaJobs } from './jobs.ts';
import { kafkaNotices } from './notices.ts';
import { sender as makeSender } from './sender.ts';
import { ensureTopics, topicsOf } from './topics.ts';
import { view } from './view.ts';

export interface KafkaQueueOptions extends KafkaConnection {
  /** Consumers of jobs are the group `<groupId>.jobs`, those of notices `<groupId>.notices`. Default: the topic prefix. */
  readonly groupId?: string;
  readonly topicPrefix?: string;
  /** Of the topics that are made: as many jobs of a lane can be in hand in the whole fleet. Default 12. */
  readonly partitions?: number;
  /** Of the topics that are made; -1 (the default) takes the broker's. */
  readonly replicationFactor?: number;
  readonly backoff?: Backoff;
  /**
   * After this silence of a consumer its jobs go to the others. It must be longer than the process ever blocks its event
   * loop; the time that a job takes does not matter. Default 30 000.
   */
  readonly sessionTimeoutMs?: number;
  readonly log?: QueueLog;
}

/**
 * The queue in Kafka, for a fleet. Connects when it is first used; topics that are absent are made. `consume` waits for a
 * broker that is away; the other calls reject with QUEUE_UNREACHABLE (retryable) after about ten seconds.
 * Kafka may deliver a job again (after a crash or a rebalance): the job key makes it one result.
 */
export function kafkaQueue(options: KafkaQueueOptions): Queue {
  const { brokers, topicPrefix = 'maskwright', partitions = 12, replicationFactor = -1 } = options;
  const {
    groupId = topicPrefix,
    backoff = DEFAULT_BACKOFF,
    sessionTimeoutMs = 30_000,
    log = () => undefined,
  } = options;
  const kafka = kafkaClient(options, log);
  const topics = topicsOf(topicPrefix);
  const closing = new AbortController();
  const sender = makeSender(kafka, brokers);
  let admin: Promise<Admin> | undefined;
  const underWay = new Set<Promise<void>>();
  const prepare = async () => void (await connectedAdmin());
  const viewParts = { kafka, admin: connectedAdmin, brokers, groupId, log };
  const deadView = view({ ...viewParts, topic: topics.dead, parse: parseDeadEntry });
  const dead = deadLetters(topics.dead, sender, deadView);
  const common = {
    kafka,
    brokers,
    backoff,
    sessionTimeoutMs,
    log,
    closing: closing.signal,
    prepare,
    setAside: dead.addBatch,
  };
  const jobs = kafkaJobs({
    common: { ...common, groupId: `${groupId}.jobs` },
    topics,
    sender,
    dead,
  });
  const events = kafkaEvents({
    log: { ...viewParts, topic: topics.events, parse: parseJobEvent },
    sender,
    prepare,
    closing: closing.signal,
  });
  const notices = kafkaNotices({ common: { ...common, groupId: `${groupId}.notices` }, topic: topics.notices, sender });
  let closed: Promise<void> | undefined;

  return {
    system: 'kafka',
    jobs: { ...jobs, consume: (handle, consumeOptions) => track(jobs.consume(handle, consumeOptions)) },
    events,
    notices: { ...notices, consume: (handle, consumeOptions) => track(notices.consume(handle, consumeOptions)) },
    check: () => track(check()),
    close() {
      closed ??= close();
      return closed;
    },
  };

  /** The topics are there when it resolves. After a failure the next call tries anew. */
  async function connectedAdmin(): Promise<Admin> {
    admin ??= connectAdmin();
    try {
      return await admin;
    } catch (error) {
      admin = undefined;
      throw kafkaFailure(error, brokers);
    }
  }

  async function connectAdmin(): Promise<Admin> {
    const made = kafka.admin();
    await orDisconnect(made, async () => {
      await made.connect();
      await ensureTopics(made, topics, { partitions, replicationFactor });
    });
    return made;
  }

  async function check(): Promise<void> {
    closing.signal.throwIfAborted();
    try {
      await (await connectedAdmin()).fetchTopicMetadata({ topics: [topics.events] });
    } catch (error) {
      throw kafkaFailure(error, brokers);
    }
  }

  /** What is waited for before the connections are closed. */
  function track(work: Promise<void>): Promise<void> {
    underWay.add(work);
    const forget = () => underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.allSettled(underWay);
    await deadView.close();
    await sender.close();
    try {
      await (await admin)?.disconnect();
    } catch {
      // It never connected.
    }
  }
}
