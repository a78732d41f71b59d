import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queueContract } from '../contract.ts';
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
    };
  });
});

describe('embedded queue, one file', () => {
  test('a key that is known is not queued again, whatever has become of it', async () => {
    const queue = embeddedQueue({ file: path.join(folder, 'queue.db'), backoff });
    const [done, dead, waiting] = [sampleJob(1), sampleJob(2), sampleJob(3)];
    await queue.jobs.enqueue([done, dead, waiting]);
    const seen: string[] = [];
    const stop = new AbortController();
    await queue.jobs.consume(
      async (job) => {
        seen.push(job.key);
        await queue.jobs.enqueue([done, dead, waiting]);
        if (job.key === dead.key) throw new Error('broken');
        if (job.key === waiting.key) stop.abort();
      },
      { signal: stop.signal },
    );
    await queue.jobs.enqueue([done, dead, waiting]);
    expect(seen).toEqual([done.key, dead.key, waiting.key]);
    expect(await queue.jobs.deadLetters()).toHaveLength(1);
    await queue.close();
    const again = embeddedQueue({ file: path.join(folder, 'queue.db'), backoff });
    await again.jobs.enqueue([done, dead, waiting, sampleJob(4)]);
    const next = new AbortController();
    await again.jobs.consume(
      async (job) => {
        expect(job).toEqual(sampleJob(4));
        next.abort();
      },
      { signal: next.signal },
    );
    await again.close();
  });

  test.each([['something else', (file: string) => new DatabaseSync(file).exec('PRAGMA user_version = 99')]])(
    'is refused where it is from a newer version',
    (_title, make) => {
      const file = path.join(folder, 'other.db');
      make(file);
      expect(() => embeddedQueue({ file })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});
