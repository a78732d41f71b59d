import type { EventLog, JobEvent, JobKey } from '../queue.ts';
import type { Sender } from './sender.ts';
import { type StreamParts, stream } from './stream.ts';
import { view } from './view.ts';

export interface KafkaEventsParts {
  readonly log: StreamParts<JobEvent>;
  readonly sender: Sender;
  readonly prepare: () => Promise<void>;
  readonly closing: AbortSignal;
}
export interface KafkaEvents extends EventLog {
  close(): Promise<void>;
}

export function kafkaEvents({ log, sender, prepare, closing }: KafkaEventsParts): KafkaEvents {
  const newestOfEach = view(log);
  return {
    async append(event) {
      await prepare();
      await sender.send([{ topic: log.topic, message: { key: event.key, value: JSON.stringify(event) } }]);
    },
    async *read(signal, { upToNow = false } = {}) {
      const stop = AbortSignal.any([signal, closing]);
      if (!stop.aborted) yield* stream(log, stop, upToNow);
    },
    async newest(keys, signal) {
      const wanted = new Set<JobKey>(keys);
      const newest = new Map<JobKey, JobEvent>();
      for await (const event of stream(log, AbortSignal.any([signal, closing]), true))
        if (wanted.has(event.key)) newest.set(event.key, event);
      signal.throwIfAborted();
      return newest;
    },
    async latest() {
      const newest = new Map<JobKey, JobEvent>();
      for (const event of (await newestOfEach.snapshot()).values()) newest.set(event.key, event);
      return newest;
    },
    close: () => newestOfEach.close(),
  };
}
