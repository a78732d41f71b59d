import { EventEmitter } from 'node:events';
import type { Kafka } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { consumption, type Handled } from './consumption.ts';
import { byTopic, type Delivery } from './schedule.ts';

const SESSION_MS = 6000;
const TOPIC = 'jobs';

/** What of kafkajs' consumer is used here: tells what it is told. */
class StandIn extends EventEmitter {
  readonly events = {
    GROUP_JOIN: 'join',
    HEARTBEAT: 'heartbeat',
    FETCH_START: 'fetch',
    COMMIT_OFFSETS: 'commit',
    CRASH: 'crash',
  };
  readonly committed: string[] = [];
  #eachBatch: (payload: object) => Promise<void> = async () => undefined;
  async connect() {}
  async disconnect() {}
  async subscribe() {}
  async run({ eachBatch }: { eachBatch: (payload: object) => Promise<void> }) {
    this.#eachBatch = eachBatch;
  }
  resume() {}
  pause() {}
  async commitOffsets([one]: [{ topic: string; partition: number; offset: string }]) {
    this.committed.push(one.offset);
    const { topic, partition, offset } = one;
    this.emit('commit', { payload: { topics: [{ topic, partitions: [{ partition, offset }] }] } });
  }
  join(memberId: string) {
    this.emit('join', { payload: { memberId, memberAssignment: { [TOPIC]: [0] } } });
  }
  async fetched(...offsets: number[]) {
    const message = (offset: number) => ({ offset: String(offset), timestamp: '0', key: null, value: Buffer.from('') });
    await this.#eachBatch({ batch: { topic: TOPIC, partition: 0, messages: offsets.map(message) } });
    this.emit('fetch');
  }
}

let consumer: StandIn;
let stop: AbortController;
let over: Promise<void>;
let handled: Delivery[];
let answer: PromiseWithResolvers<Handled>;
beforeEach(async () => {
  vi.useFakeTimers();
  consumer = new StandIn();
  stop = new AbortController();
  handled = [];
  answer = Promise.withResolvers();
  over = consumption({
    kafka: { consumer: () => consumer } as unknown as Kafka,
    brokers: [],
    groupId: 'g',
    topics: [TOPIC],
    rules: byTopic([TOPIC]),
    concurrency: 1,
    backoff: { baseMs: 1, maxMs: 1 },
    sessionTimeoutMs: SESSION_MS,
    log: () => undefined,
    stop: stop.signal,
    closing: stop.signal,
    prepare: async () => undefined,
    handle: (delivery) => {
      handled.push(delivery);
      return answer.promise;
    },
    setAside: async () => undefined,
    passesOverDamaged: true,
  });
  await vi.advanceTimersByTimeAsync(0);
  consumer.join('a');
});
afterEach(async () => {
  answer.resolve({ kind: 'release' });
  stop.abort();
  await over;
  vi.useRealTimers();
});
const offsets = () => handled.map(({ message }) => message.offset);

test('what was fetched before the group gave this consumer up is forgotten: others have done it', async () => {
  await consumer.fetched(1, 2, 3);
  consumer.join('b');
  expect(handled[0]?.lost.aborted).toBe(true);
  answer.resolve({ kind: 'commit' });
  await vi.advanceTimersByTimeAsync(0);
  expect(offsets()).toEqual(['1']);
  expect(consumer.committed).toEqual([]);
  // From the offset that the others have committed.
  await consumer.fetched(9);
  expect(offsets()).toEqual(['1', '9']);
});

test('what was fetched before the group was only shared out anew is kept, and what is in hand goes on', async () => {
  await consumer.fetched(1, 2);
  consumer.join('a');
  expect(handled[0]?.lost.aborted).toBe(false);
  answer.resolve({ kind: 'commit' });
  await vi.advanceTimersByTimeAsync(0);
  expect(offsets().slice(0, 2)).toEqual(['1', '2']);
});

test('after a pause longer than the session nothing is begun before the group is heard of again', async () => {
  vi.setSystemTime(Date.now() + SESSION_MS + 1);
  await consumer.fetched(1);
  expect(offsets()).toEqual([]);
  consumer.emit('heartbeat');
  consumer.emit('fetch');
  expect(offsets()).toEqual(['1']);
});
