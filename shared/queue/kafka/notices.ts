import { MaskwrightError } from '@maskwright/errors';
import { backoffDelay } from '../backoff.ts';
import { readStudyNotices } from '../notice-forms.ts';
import type { NoticeTopic } from '../queue.ts';
import { judge } from '../verdict.ts';
import { type Consumption, consumption } from './consumption.ts';
import { byTopic } from './schedule.ts';
import type { Sender } from './sender.ts';

export interface KafkaNoticesParts {
  readonly common: Omit<
    Consumption,
    'topics' | 'rules' | 'gate' | 'concurrency' | 'stop' | 'handle' | 'passesOverDamaged'
  >;
  readonly topic: string;
  readonly sender: Sender;
}

export function kafkaNotices({ common, topic, sender }: KafkaNoticesParts): NoticeTopic {
  return {
    async publish(notices) {
      await common.prepare();
      await sender.send(
        notices.map((notice) => ({
          topic,
          message: {
            key: notice.study,
            value: JSON.stringify(notice),
            headers: notice.traceparent === undefined ? {} : { traceparent: notice.traceparent },
          },
        })),
      );
    },

    consume: (handle, options) =>
      consumption({
        ...common,
        topics: [topic],
        rules: byTopic([topic]),
        concurrency: 1,
        stop: options.signal,
        // The sweep finds what they would have named.
        passesOverDamaged: true,
        async handle({ message, failures }, signal) {
          try {
            for (const notice of readStudyNotices(message.value ?? '')) await handle(notice);
          } catch (error) {
            const verdict = judge(error, signal.aborted || options.signal.aborted);
            if (verdict.kind === 'release') return verdict;
            if (verdict.kind === 'retry')
              return { kind: 'again', delayMs: backoffDelay(failures + 1, common.backoff), counted: true };
            options.onInvalid?.(
              error instanceof MaskwrightError ? verdict.reason : `${verdict.code}: ${verdict.reason}`,
            );
          }
          return { kind: 'commit' };
        },
      }),
  };
}
