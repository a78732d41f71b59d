import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { orDisconnect } from './disconnect.ts';
import { kafkaFailure } from './failure.ts';

export interface Outgoing {
  readonly topic: string;
  readonly message: Message;
}

export interface Sender {
  /** Resolves when all in-sync replicas have the messages. @throws MaskwrightError QUEUE_UNREACHABLE, MESSAGE_INVALID */
  send(messages: readonly Outgoing[]): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly messages: readonly Outgoing[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One idempotent producer with one request under way; what is sent meanwhile goes together in the next.
 *
 * After a failure the producer is thrown away. kafkajs takes a failed batch's sequence numbers back and gives them to the
 * next one; where the broker had written the failed batch after all, it would take the next for a repetition, confirm it
 * and drop it.
 */
export function sender(kafka: Kafka, brokers: readonly string[]): Sender {
  let producer: Promise<Producer> | undefined;
  let waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;

  return {
    send(messages) {
      if (messages.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ messages, resolve, reject });
        sending ??= sendAll();
      });
    },
    async close() {
      await sending;
      await drop();
    },
  };

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await sendBatch(batch.flatMap(({ messages }) => messages));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await drop();
        for (const { reject } of batch) reject(kafkaFailure(error, brokers));
      }
    }
    // In the same breath as the look at `waiting`: what comes later starts anew.
    sending = undefined;
  }

  async function sendBatch(messages: readonly Outgoing[]): Promise<void> {
    producer ??= connect();
    const connected = await producer;
    const byTopic = Map.groupBy(messages, ({ topic }) => topic);
    await connected.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, group]) => ({ topic, messages: group.map(({ message }) => message) })),
    });
  }

  async function connect(): Promise<Producer> {
    const made = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    // Where it has no right to send, it fails when it is connected already.
    await orDisconnect(made, () => made.connect());
    return made;
  }

  async function drop(): Promise<void> {
    const old = producer;
    producer = undefined;
    try {
      await (await old)?.disconnect();
    } catch {
      // It could not connect or has lost its connection: either way it is gone.
    }
  }
}
