import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleEvent, sampleJob } from '../sample.ts';
import { openDatabase } from './database.ts';
import { embeddedEvents } from './events.ts';
import { jobTable } from './job-table.ts';
import { embeddedJobs } from './jobs.ts';
import { embeddedNotices } from './notices.ts';
import { thisOwner } from './owner.ts';
import { wake } from './wake.ts';

let folder: string;
let database: DatabaseSync;
/** Another process on the same file. */
let other: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'maskwright-busy-'));
  const file = path.join(folder, 'queue.db');
  database = openDatabase(file);
  // Without a write-ahead log whoever writes shuts out readers too, and a busy file is complained of at once.
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA busy_timeout = 0;');
  other = new DatabaseSync(file);
});
afterEach(() => {
  other.close();
  database.close();
  rmSync(folder, { recursive: true });
});

const backoff = { baseMs: 2, maxMs: 10 };
const never = new AbortController().signal;
const study = sampleJob(1).study;
const notice = { schema: 'maskwright.study-notice/1', study } as const;
const complained = () => new Promise((resolve) => setImmediate(resolve));
const jobsOf = () => {
  const table = jobTable(database, thisOwner(), backoff.maxMs, () => undefined);
  return embeddedJobs({ table, wake: wake(), backoff, closing: never });
};
const eventsOf = () => embeddedEvents(database, wake(), () => undefined, never);
const noticesOf = () => embeddedNotices(database, wake(), backoff, never);

/** Each begins to consume; the handler stops it. */
const consumers: Record<string, (onHandled: () => void) => Promise<() => Promise<void>>> = {
  jobs: async (onHandled) => {
    const jobs = jobsOf();
    await jobs.enqueue([sampleJob(1)]);
    const stop = new AbortController();
    const handle = async () => {
      onHandled();
      stop.abort();
    };
    return () => jobs.consume(handle, { signal: stop.signal });
  },
  notices: async (onHandled) => {
    const notices = noticesOf();
    await notices.publish([notice]);
    const stop = new AbortController();
    const handle = async () => {
      onHandled();
      stop.abort();
    };
    return () => notices.consume(handle, { signal: stop.signal });
  },
};

describe('a queue file that is busy or full', () => {
  test.each(Object.entries(consumers))('is waited for by the consumer of %s', async (_, prepare) => {
    let handled = 0;
    const consume = await prepare(() => {
      handled += 1;
    });
    other.exec('BEGIN EXCLUSIVE');
    const consumed = consume();
    await complained();
    expect(handled).toBe(0);
    other.exec('ROLLBACK');
    await consumed;
    expect(handled).toBe(1);
  });

  test('keeps no consumer from ending', async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const [jobs, notices] = [jobsOf(), noticesOf()];
    other.exec('BEGIN EXCLUSIVE');
    const consumed = [jobs.consume(async () => undefined, options), notices.consume(async () => undefined, options)];
    await complained();
    stop.abort();
    await Promise.all(consumed);
    other.exec('ROLLBACK');
  });

  test('a notice whose end cannot be written waits for the file, and is not handled again', async () => {
    const notices = noticesOf();
    await notices.publish([notice, notice]);
    const stop = new AbortController();
    let handled = 0;
    const consumed = notices.consume(
      async () => {
        handled += 1;
        if (handled === 1) other.exec('BEGIN IMMEDIATE');
        else stop.abort();
      },
      { signal: stop.signal },
    );
    await complained();
    other.exec('ROLLBACK');
    await consumed;
    expect(handled).toBe(2);
    expect(other.prepare('SELECT count(*) AS n FROM notices').get()).toEqual({ n: 0 });
  });

  test('a job whose end cannot be written waits for the file, and is not begun again', async () => {
    const jobs = jobsOf();
    await jobs.enqueue([sampleJob(1)]);
    const stop = new AbortController();
    let begun = 0;
    const consumed = jobs.consume(
      async () => {
        begun += 1;
        other.exec('BEGIN IMMEDIATE');
        stop.abort();
      },
      { signal: stop.signal },
    );
    await complained();
    expect(other.prepare('SELECT state FROM jobs').all()).toEqual([{ state: 'running' }]);
    other.exec('ROLLBACK');
    await consumed;
    expect(other.prepare('SELECT state FROM jobs').all()).toEqual([{ state: 'done' }]);
    expect(begun).toBe(1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['enqueueing', () => jobsOf().enqueue([sampleJob(1)])],
    ['listing dead letters', () => jobsOf().deadLetters()],
    ['replaying', () => jobsOf().replay(sampleJob(1))],
    ['publishing a notice', () => noticesOf().publish([notice])],
    ['appending an event', () => eventsOf().append(sampleEvent(1, { kind: 'running' }))],
    ['reading events', () => Array.fromAsync(eventsOf().read(never, { upToNow: true }))],
    ['asking for the newest event', () => eventsOf().newest([sampleJob(1).key], never)],
  ])('is named by %s, so that it is tried again', async (_, call) => {
    other.exec('BEGIN EXCLUSIVE');
    await expect(call()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', retryable: true });
    other.exec('ROLLBACK');
  });
});

test.each([
  ['jobs', jobsOf],
  ['notices', noticesOf],
])('a queue file that is broken for good ends the consumer of %s', async (table, open) => {
  const { consume } = open();
  other.exec(`DROP TABLE ${table}`);
  await expect(consume(async () => undefined, { signal: never })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});

test('a queue file that breaks for good while a job is in hand ends the consumer', async () => {
  const jobs = jobsOf();
  await jobs.enqueue([sampleJob(1)]);
  const consumed = jobs.consume(async () => other.exec('ALTER TABLE jobs RENAME TO lost'), { signal: never });
  await expect(consumed).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});
