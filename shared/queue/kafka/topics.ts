import type { Admin, ITopicConfig } from 'kafkajs';
import type { Lane } from '../queue.ts';
import { untilLeaders } from './passing.ts';

export interface Topics {
  readonly jobs: Readonly<Record<Lane, string>>;
  /** Jobs of all lanes that have failed more than once and wait for their time. */
  readonly retry: string;
  readonly dead: string;
  readonly events: string;
  readonly notices: string;
}

/** Most urgent first. */
export const LANES: readonly Lane[] = ['interactive', 'stat', 'routine', 'backlog'];

export function topicsOf(prefix: string): Topics {
  return {
    jobs: {
      interactive: `${prefix}.jobs.interactive`,
      stat: `${prefix}.jobs.stat`,
      routine: `${prefix}.jobs.routine`,
      backlog: `${prefix}.jobs.backlog`,
    },
    retry: `${prefix}.jobs.retry`,
    dead: `${prefix}.jobs.dead`,
    events: `${prefix}.events`,
    notices: `${prefix}.study-notices`,
  };
}

/**
 * Makes the topics that are absent; those that an administrator has made stay as they are. Events and dead letters have
 * one partition, so that they have one order, and are compacted: the newest of each key stays for good.
 */
export async function ensureTopics(
  admin: Admin,
  topics: Topics,
  { partitions, replicationFactor }: { readonly partitions: number; readonly replicationFactor: number },
): Promise<void> {
  // The broker's clock, not the sender's: it refuses messages that say to be more than an hour from the future, so a machine
  // whose clock is ahead could hand in nothing; and the age of jobs is compared across senders.
  const stamped = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  const compacted = [...stamped, { name: 'cleanup.policy', value: 'compact' }];
  const wanted: ITopicConfig[] = [
    ...LANES.map((lane) => ({
      topic: topics.jobs[lane],
      numPartitions: partitions,
      replicationFactor,
      configEntries: stamped,
    })),
    { topic: topics.retry, numPartitions: partitions, replicationFactor, configEntries: stamped },
    { topic: topics.notices, numPartitions: partitions, replicationFactor, configEntries: stamped },
    { topic: topics.dead, numPartitions: 1, replicationFactor, configEntries: compacted },
    { topic: topics.events, numPartitions: 1, replicationFactor, configEntries: compacted },
  ];
  const there = new Set(await admin.listTopics());
  const absent = wanted.filter(({ topic }) => !there.has(topic));
  // Another process may make them at the same time; createTopics takes that for success.
  if (absent.length === 0) return;
  // kafkajs' own wait for the leaders fails where a broker has not heard of the topic yet.
  await admin.createTopics({ topics: absent, waitForLeaders: false });
  await untilLeaders(() => admin.fetchTopicMetadata({ topics: absent.map(({ topic }) => topic) }));
}
