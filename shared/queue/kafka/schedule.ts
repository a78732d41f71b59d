import type { IHeaders } from 'kafkajs';

/** Which of the fetched messages is handled next. No I/O: what Kafka says goes in, what to do comes out. */
export interface Fetched {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}

export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly message: Fetched;
  /** How often it has failed here. */
  readonly failures: number;
  /** Aborts when the partition goes to another consumer. */
  readonly lost: AbortSignal;
}

interface Slot {
  readonly topic: string;
  readonly partition: number;
  readonly lost: AbortController;
  queue: Fetched[];
  /** Offset of the newest message that was ever put into the queue. */
  last: bigint;
  inHand: boolean;
  failures: number;
  /** When the first of the queue may be taken; undefined until it is first looked at. */
  due: number | undefined;
}

export interface Schedule {
  /** The partitions that are ours from now on. What is in hand of others is told so through its signal. */
  assign(assignment: Readonly<Record<string, readonly number[]>>): void;
  isOurs(topic: string, partition: number): boolean;
  /** Messages that were offered before (Kafka repeats them after a rebalance) are passed over. */
  offer(topic: string, partition: number, messages: readonly Fetched[]): void;
  /** The next message: by rank, then age; one at a time of each partition. */
  take(now: number): Delivery | null;
  /** The message is committed: the next of its partition may come. */
  finish(delivery: Delivery): void;
  /** The message stays first of its partition and comes again, not before `due`; `counted` as a failure or not. */
  again(delivery: Delivery, due: number, counted?: boolean): void;
  /** When the earliest message that waits for its time may be taken; null where none does. */
  nextDue(now: number): number | null;
  waiting(topic: string, partition: number): number;
}

export interface ScheduleRules {
  /** Lower goes first. */
  rank(topic: string, message: Fetched): number;
  /** When a message that has come to the head of its partition may be taken, in ms since 1970; 0: at once. */
  notBefore(topic: string, message: Fetched, now: number): number;
}

/** Rank by topic alone, most urgent first; no message waits. */
export function byTopic(topics: readonly string[]): ScheduleRules {
  return { rank: (topic) => topics.indexOf(topic), notBefore: () => 0 };
}

export function schedule(rules: ScheduleRules): Schedule {
  let slots = new Map<string, Slot>();
  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;
  const ready = (now: number) => {
    const open: { readonly slot: Slot; readonly message: Fetched; readonly rank: number }[] = [];
    for (const slot of slots.values()) {
      const [message] = slot.queue;
      if (slot.inHand || message === undefined) continue;
      slot.due ??= rules.notBefore(slot.topic, message, now);
      if (slot.due <= now) open.push({ slot, message, rank: rules.rank(slot.topic, message) });
    }
    return open;
  };

  return {
    assign(assignment) {
      const before = slots;
      slots = new Map();
      for (const [topic, partitions] of Object.entries(assignment)) {
        for (const partition of partitions) {
          const name = nameOf(topic, partition);
          slots.set(name, before.get(name) ?? emptySlot(topic, partition));
        }
      }
      for (const [name, slot] of before) if (!slots.has(name)) slot.lost.abort();
    },
    isOurs: (topic, partition) => slots.has(nameOf(topic, partition)),
    offer(topic, partition, messages) {
      const slot = slots.get(nameOf(topic, partition));
      if (slot === undefined) return;
      for (const message of messages) {
        const offset = BigInt(message.offset);
        if (offset <= slot.last) continue;
        slot.queue.push(message);
        slot.last = offset;
      }
    },
    take(now) {
      const [next] = ready(now).toSorted(
        (a, b) => a.rank - b.rank || Number(a.message.timestamp) - Number(b.message.timestamp),
      );
      if (next === undefined) return null;
      const { slot, message } = next;
      slot.inHand = true;
      const { topic, partition, failures, lost } = slot;
      return { topic, partition, message, failures, lost: lost.signal };
    },
    finish({ topic, partition, message }) {
      const slot = slots.get(nameOf(topic, partition));
      if (slot?.queue[0] !== message) return;
      slot.queue.shift();
      slot.inHand = false;
      slot.failures = 0;
      slot.due = undefined;
    },
    again({ topic, partition, message }, due, counted = true) {
      const slot = slots.get(nameOf(topic, partition));
      if (slot?.queue[0] !== message) return;
      slot.inHand = false;
      if (counted) slot.failures += 1;
      slot.due = due;
    },
    nextDue(now) {
      const dues = [...slots.values()].flatMap((slot) =>
        !slot.inHand && (slot.due ?? 0) > now ? (slot.due ?? 0) : [],
      );
      return dues.length === 0 ? null : Math.min(...dues);
    },
    waiting: (topic, partition) => slots.get(nameOf(topic, partition))?.queue.length ?? 0,
  };
}

function emptySlot(topic: string, partition: number): Slot {
  return {
    topic,
    partition,
    lost: new AbortController(),
    queue: [],
    last: -1n,
    inHand: false,
    failures: 0,
    due: undefined,
  };
}
