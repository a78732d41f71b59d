import type { JobKey, Lane, Queue } from '../queue.ts';

/** One place where messages lie. Each queue opened on it is like a process of its own. */
export interface QueuePlace {
  open(): Queue;
  /** Resolves when a consumer has the messages within reach that were sent before; where that takes no time, at once. */
  arrival(lane: Lane): Promise<void>;
  /** Writes a notice as some other program might. */
  writeNotice(text: string): Promise<void>;
  /** Appends an event as another version of this program might. */
  writeEvent(key: JobKey, text: string): Promise<void>;
}

/** What each test finds: a place of its own and one queue on it. */
export interface Opened {
  readonly place: QueuePlace;
  readonly queue: Queue;
}
