import { formatJobEvent } from '../messages.ts';
import type { EventLog, JobEvent, JobKey } from '../queue.ts';
import type { Sender } from './sender.ts';
import { type StreamParts, stream } from './stream.ts';

export interface KafkaEventsParts {
  readonly log: StreamParts<JobEvent>;
  readonly sender: Sender;
  readonly prepare: () => Promise<void>;
  readonly closing: AbortSignal;
}

export function kafkaEvents({ log, sender, prepare, closing }: KafkaEventsParts): EventLog {
  return {
    async append(event) {
      const value = formatJobEvent(event);
      await prepare();
      await sender.send([{ topic: log.topic, message: { key: event.key, value } }]);
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
  };
}
