import type { EventLog, JobEvent, JobKey } from '../queue.ts';
import type { Sender } from './sender.ts';
import type { View } from './view.ts';

export interface KafkaEventsParts {
  readonly topic: string;
  readonly sender: Sender;
  readonly view: View<JobEvent>;
  readonly prepare: () => Promise<void>;
  readonly closing: AbortSignal;
}

export function kafkaEvents({ topic, sender, view, prepare, closing }: KafkaEventsParts): EventLog {
  return {
    async append(event) {
      await prepare();
      await sender.send([{ topic, message: { key: event.key, value: JSON.stringify(event) } }]);
    },
    async *read(signal) {
      const stop = AbortSignal.any([signal, closing]);
      if (!stop.aborted) yield* view.follow(stop);
    },
    async latest() {
      const newest = new Map<JobKey, JobEvent>();
      for (const event of (await view.snapshot()).values()) newest.set(event.key, event);
      return newest;
    },
  };
}
