import { parseDeadLetter } from '../messages.ts';
import type { DeadLetter, JobKey } from '../queue.ts';
import type { UnreadableBatch } from './compression/stand-in.ts';
import type { Delivery } from './schedule.ts';
import type { Sender } from './sender.ts';
import type { View } from './view.ts';

/** The dead topic: compacted, a letter a job key; an empty value (tombstone) takes a letter away. */
export interface DeadLetters {
  add(letter: DeadLetter): Promise<void>;
  /** A message that is no job: kept as it came, with where it came from, for a person with Kafka's own tools. */
  addUnreadable(delivery: Delivery, reason: string): Promise<void>;
  /** A batch that does not unpack: where it lies and why, without what is in it. */
  addBatch(delivery: Delivery, batch: UnreadableBatch): Promise<void>;
  list(): Promise<DeadLetter[]>;
  find(key: JobKey): Promise<DeadLetter | undefined>;
  remove(key: JobKey): Promise<void>;
}

/** What the view holds for a message that is no letter. */
const UNREADABLE = 'unreadable';
export type DeadEntry = DeadLetter | typeof UNREADABLE;
const UNREADABLE_KEY = 'unreadable:';

export function parseDeadEntry(value: Buffer): DeadEntry {
  try {
    return parseDeadLetter(value);
  } catch {
    return UNREADABLE;
  }
}

export function deadLetters(topic: string, sender: Sender, view: View<DeadEntry>): DeadLetters {
  return {
    add: (letter) => sender.send([{ topic, message: { key: letter.job.key, value: JSON.stringify(letter) } }]),
    addUnreadable({ topic: from, partition, message }, reason) {
      const where = `${from}/${partition}/${message.offset}`;
      return sender.send([
        {
          topic,
          message: {
            key: `${UNREADABLE_KEY}${where}`,
            // An empty value would be a tombstone.
            value: message.value ?? '',
            headers: { code: 'MESSAGE_INVALID', reason, from: where },
          },
        },
      ]);
    },
    addBatch({ topic: from, partition }, { firstOffset, lastOffset, reason }) {
      const where = `${from}/${partition}/${firstOffset}-${lastOffset}`;
      const headers = { code: 'QUEUE_UNREADABLE', reason, from: where };
      return sender.send([{ topic, message: { key: `${UNREADABLE_KEY}${where}`, value: '', headers } }]);
    },
    async list() {
      return [...(await view.snapshot()).values()].filter((entry) => entry !== UNREADABLE);
    },
    async find(key) {
      const entry = (await view.snapshot()).get(key);
      return entry === UNREADABLE ? undefined : entry;
    },
    remove: (key) => sender.send([{ topic, message: { key, value: null } }]),
  };
}
