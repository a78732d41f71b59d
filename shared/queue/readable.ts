import type { QueueLog } from './log.ts';

/** What a message says; undefined where it cannot be read, which is said with these fields. */
export function readable<T>(parse: () => T, log: QueueLog, fields: Parameters<QueueLog>[2]): T | undefined {
  try {
    return parse();
  } catch (error) {
    log('warn', error instanceof Error ? error.message : String(error), fields);
    return undefined;
  }
}
