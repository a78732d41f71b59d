import { type Backoff, DEFAULT_BACKOFF } from '../backoff.ts';
import type { QueueLog } from '../log.ts';
import type { EventLog, JobQueue, NoticeTopic, Queue } from '../queue.ts';
import { openDatabase, passes, stored } from './database.ts';
import { embeddedEvents } from './events.ts';
import { jobTable } from './job-table.ts';
import { embeddedJobs } from './jobs.ts';
import { embeddedNotices } from './notices.ts';
import { thisOwner } from './owner.ts';
import { wake } from './wake.ts';

export interface EmbeddedQueueOptions {
  /** One SQLite file (and its -wal and -shm beside it); made where it is absent. It must lie on a local disk. */
  readonly file: string;
  readonly backoff?: Backoff;
  readonly log?: QueueLog;
}

const SIGN_OF_LIFE_MS = 10_000;

/**
 * The queue in one file, for one machine. A process may be killed at any moment: what it had in hand is taken up again
 * when the file is next opened, or by the others that have it open.
 *
 * Enqueueing a key that waits or runs changes nothing. One that is done or dead is done anew: intake asks for it only where
 * its result is wanted and not there. A result that was deleted in the PACS is not wanted, unless intake is told to remake it.
 * @throws MaskwrightError OUTPUT_UNWRITABLE, CONFIG_INVALID
 */
export function embeddedQueue(options: EmbeddedQueueOptions): Queue {
  const { file, backoff = DEFAULT_BACKOFF, log = () => undefined } = options;
  const database = openDatabase(file);
  const table = jobTable(database, thisOwner(), backoff.maxMs, log);
  table.recover(Date.now());
  const closing = new AbortController();
  const rouse = { jobs: wake(), events: wake(), notices: wake() };
  const life = setInterval(signOfLife, SIGN_OF_LIFE_MS);
  life.unref();
  const consumers = new Set<Promise<void>>();
  const jobs = embeddedJobs({ table, wake: rouse.jobs, backoff, closing: closing.signal });
  const events = embeddedEvents(database, rouse.events, log, closing.signal);
  const notices = embeddedNotices(database, rouse.notices, backoff, closing.signal);
  let closed: Promise<void> | undefined;

  return {
    system: 'sqlite',
    jobs: { ...jobs, consume: (handle, options) => track(jobs.consume(handle, options)) } satisfies JobQueue,
    events: events satisfies EventLog,
    notices: {
      ...notices,
      consume: (handle, options) => track(notices.consume(handle, options)),
    } satisfies NoticeTopic,
    async check() {
      stored(() => database.prepare('SELECT count(*) FROM owners').get());
    },
    close() {
      closed ??= close();
      return closed;
    },
  };

  function track(consumer: Promise<void>): Promise<void> {
    consumers.add(consumer);
    const forget = () => consumers.delete(consumer);
    consumer.then(forget, forget);
    return consumer;
  }

  function signOfLife(): void {
    try {
      if (table.recover(Date.now())) rouse.jobs.notify();
    } catch {
      // The file is busy or the disk is full: the consumers will say so; this comes again in a moment.
    }
  }

  async function close(): Promise<void> {
    clearInterval(life);
    closing.abort();
    await Promise.allSettled(consumers);
    try {
      table.leave();
    } catch (error) {
      // Whoever opens the file next sees that this owner is gone, and takes up what it held.
      if (!passes(error)) throw error;
    } finally {
      database.close();
    }
  }
}
