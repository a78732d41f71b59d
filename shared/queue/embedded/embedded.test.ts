import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queueContract } from '../contract/index.ts';
import { sampleJob } from '../sample.ts';
import { embeddedQueue } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'maskwright-queue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const backoff = { baseMs: 2, maxMs: 10 };

describe('embedded queue', () => {
  queueContract(async () => {
    const file = path.join(folder, 'queue.db');
    return {
      open: () => embeddedQueue({ file, backoff }),
      arrival: async () => undefined,
      async writeNotice(text) {
        const database = new DatabaseSync(file);
        database.prepare('INSERT INTO notices (body) VALUES (?)').run(text);
        database.close();
      },
      async writeEvent(key, text) {
        const database = new DatabaseSync(file);
        const { lastInsertRowid } = database.prepare('INSERT INTO events (key, body) VALUES (?, ?)').run(key, text);
        database.prepare('REPLACE INTO latest_events (key, seq) VALUES (?, ?)').run(key, lastInsertRowid);
        database.close();
      },
    };
  });
});

describe('embedded queue, one file', () => {
  test('is for its owner alone, in a home for its owner alone: it has prompts with age and sex', async () => {
    const home = path.join(folder, 'home');
    const queue = embeddedQueue({ file: path.join(home, 'queue.sqlite'), backoff });
    await queue.jobs.enqueue([sampleJob(1)]);
    const modes = ['.', ...readdirSync(home)].map((name) => [name, statSync(path.join(home, name)).mode & 0o777]);
    expect(modes).toEqual([
      ['.', 0o700],
      ['queue.sqlite', 0o600],
      ['queue.sqlite-shm', 0o600],
      ['queue.sqlite-wal', 0o600],
    ]);
    await queue.close();
  });

  test('a job that cannot be read is told of and set aside, and the next one is handled', async () => {
    const told: unknown[] = [];
    const file = path.join(folder, 'queue.db');
    const queue = embeddedQueue({ file, backoff, log: (...said) => void told.push(said) });
    await queue.jobs.enqueue([sampleJob(1), sampleJob(2)]);
    const database = new DatabaseSync(file);
    database.prepare('UPDATE jobs SET body = ? WHERE key = ?').run('{"schema":"maskwright.job/9"}', sampleJob(1).key);
    database.close();
    const stop = new AbortController();
    const seen: string[] = [];
    await queue.jobs.consume(
      async ({ key }) => {
        seen.push(key);
        stop.abort();
      },
      { signal: stop.signal },
    );
    expect(seen).toEqual([sampleJob(2).key]);
    expect(told).toEqual([['warn', expect.stringContaining('schema: '), { seq: 1 }]]);
    expect(await queue.jobs.deadLetters()).toEqual([]);
    await queue.close();
  });

  test('a key that waits or runs is not queued again; one that is done or dead is', async () => {
    const queue = embeddedQueue({ file: path.join(folder, 'queue.db'), backoff });
    const [done, dead, waiting] = [sampleJob(1), sampleJob(2), sampleJob(3)];
    await queue.jobs.enqueue([done, dead, waiting]);
    const seen: string[] = [];
    const stop = new AbortController();
    await queue.jobs.consume(
      async (job) => {
        seen.push(job.key);
        // The one in hand and those behind it.
        await queue.jobs.enqueue([job, waiting]);
        if (job.key === dead.key) throw new Error('broken');
        if (job.key === waiting.key) stop.abort();
      },
      { signal: stop.signal },
    );
    expect(seen).toEqual([done.key, dead.key, waiting.key]);
    expect(await queue.jobs.deadLetters()).toHaveLength(1);
    await queue.close();
    const again = embeddedQueue({ file: path.join(folder, 'queue.db'), backoff });
    await again.jobs.enqueue([dead, done]);
    expect(await again.jobs.deadLetters()).toEqual([]);
    const next = new AbortController();
    await again.jobs.consume(
      async (job) => {
        seen.push(job.key);
        if (seen.length === 5) next.abort();
      },
      { signal: next.signal },
    );
    expect(seen.slice(3)).toEqual([dead.key, done.key]);
    await again.close();
  });

  test('a retry whose time was set before the clock was put back does not wait for the old time', async () => {
    const file = path.join(folder, 'queue.db');
    const queue = embeddedQueue({ file, backoff });
    await queue.jobs.enqueue([sampleJob(1)]);
    const other = new DatabaseSync(file);
    other.prepare('UPDATE jobs SET failures = 1, due = ?').run(Date.now() + 3_600_000);
    other.close();
    const stop = new AbortController();
    await queue.jobs.consume(async () => stop.abort(), { signal: stop.signal });
    await queue.close();
  });

  test('two that have the file open share the jobs: each is handled by one of them', async () => {
    const file = path.join(folder, 'queue.db');
    const queues = [embeddedQueue({ file, backoff }), embeddedQueue({ file, backoff })];
    const jobs = Array.from({ length: 40 }, (_, index) => sampleJob(index, { study: `1.2.${index % 5}` }));
    await queues[0]?.jobs.enqueue(jobs);
    const seen: string[] = [];
    const stop = new AbortController();
    const takers = queues.map((queue) =>
      queue.jobs.consume(
        async (job) => {
          seen.push(job.key);
          if (seen.length === jobs.length) stop.abort();
        },
        { signal: stop.signal, concurrency: 3 },
      ),
    );
    await Promise.all(takers);
    expect(seen.toSorted()).toEqual(jobs.map((job) => job.key).toSorted());
    await Promise.all(queues.map((queue) => queue.close()));
  });

  test.each<[string, (file: string) => void]>([
    ['from a newer version', (file) => new DatabaseSync(file).exec('PRAGMA user_version = 99')],
    ['no database', (file) => writeFileSync(file, 'a letter to my aunt '.repeat(100))],
  ])('is refused where it is %s', (_title, make) => {
    const file = path.join(folder, 'other.db');
    make(file);
    expect(() => embeddedQueue({ file })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
