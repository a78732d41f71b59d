import { messageOf } from '@maskwright/errors';
import type { QueueLog } from './log.ts';

/** What a message says; undefined where it cannot be read, which is said with these fields. */
export function readable<T>(parse: () => T, log: QueueLog, fields: Parameters<QueueLog>[2]): T | undefined {
  try {
    return parse();
  } catch (error) {
    log('warn', messageOf(error), fields);
    return undefined;
  }
}
