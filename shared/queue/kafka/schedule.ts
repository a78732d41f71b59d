/** Which of the fetched messages is handled next. No I/O: what Kafka says goes in, what to do comes out. */
export interface Fetched {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
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
  readonly rank: number;
  readonly lost: AbortController;
  queue: Fetched[];
  /** Offset of the newest message that was ever put into the queue. */
  last: bigint;
  inHand: boolean;
  failures: number;
  due: number;
}

export interface Schedule {
  /** The partitions that are ours from now on. What is in hand of others is told so through its signal. */
  assign(assignment: Readonly<Record<string, readonly number[]>>): void;
  isOurs(topic: string, partition: number): boolean;
  /** Messages that were offered before (Kafka repeats them after a rebalance) are passed over. */
  offer(topic: string, partition: number, messages: readonly Fetched[]): void;
  /** The next message: by topic, then age; one at a time of each partition. */
  take(now: number): Delivery | null;
  /** The message is committed: the next of its partition may come. */
  finish(delivery: Delivery): void;
  /** The message stays first of its partition and comes again, not before `due`. */
  again(delivery: Delivery, due: number): void;
  /** When the earliest message that waits for its time may be taken; null where none does. */
  nextDue(now: number): number | null;
  waiting(topic: string, partition: number): number;
}

/** @param topics most urgent first */
export function schedule(topics: readonly string[]): Schedule {
  let slots = new Map<string, Slot>();
  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;
  const ready = (now: number) =>
    [...slots.values()].filter((slot) => !slot.inHand && slot.queue.length > 0 && slot.due <= now);

  return {
    assign(assignment) {
      const before = slots;
      slots = new Map();
      for (const [topic, partitions] of Object.entries(assignment)) {
        for (const partition of partitions) {
          const name = nameOf(topic, partition);
          slots.set(name, before.get(name) ?? emptySlot(topic, partition, topics.indexOf(topic)));
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
      const slot = ready(now).toSorted(byUrgency)[0];
      const message = slot?.queue[0];
      if (slot === undefined || message === undefined) return null;
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
      slot.due = 0;
    },
    again({ topic, partition, message }, due) {
      const slot = slots.get(nameOf(topic, partition));
      if (slot?.queue[0] !== message) return;
      slot.inHand = false;
      slot.failures += 1;
      slot.due = due;
    },
    nextDue(now) {
      const dues = [...slots.values()].filter((slot) => !slot.inHand && slot.due > now).map((slot) => slot.due);
      return dues.length === 0 ? null : Math.min(...dues);
    },
    waiting: (topic, partition) => slots.get(nameOf(topic, partition))?.queue.length ?? 0,
  };
}

function emptySlot(topic: string, partition: number, rank: number): Slot {
  return {
    topic,
    partition,
    rank,
    lost: new AbortController(),
    queue: [],
    last: -1n,
    inHand: false,
    failures: 0,
    due: 0,
  };
}

function byUrgency(a: Slot, b: Slot): number {
  return a.rank - b.rank || Number(a.queue[0]?.timestamp) - Number(b.queue[0]?.timestamp);
}
