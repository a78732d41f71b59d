import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleJob } from '../sample.ts';
import { embeddedQueue } from './index.ts';

const CHILD = path.join(import.meta.dirname, 'kill.child.ts');
const ROUNDS = 8;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'maskwright-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('killed at any moment: no job that was acknowledged is lost, and none is handled again once it is committed', async () => {
  const file = path.join(folder, 'queue.db');
  const acknowledged = new Set<string>();
  const begun: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = spawn(process.execPath, [CHILD, file, String(round * 1000)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Killed at another line each round, in the midst of whatever comes after it.
    await follow(child, round * 3 + 1, (line) => {
      const [word, key] = line.split(' ');
      if (key === undefined) return;
      if (word === 'enqueued') acknowledged.add(key);
      if (word === 'begun') begun.push(key);
    });
  }

  const queue = embeddedQueue({ file });
  const rest: string[] = [];
  const stop = new AbortController();
  const last = sampleJob(999_999);
  await queue.jobs.enqueue([{ ...last, lane: 'routine' }]);
  await queue.jobs.consume(
    async (job) => {
      if (job.key === last.key) stop.abort();
      else rest.push(job.key);
    },
    { signal: stop.signal },
  );
  expect(begun.length).toBeGreaterThan(ROUNDS);
  const handled = [...begun, ...rest];
  expect([...acknowledged].filter((key) => !handled.includes(key))).toEqual([]);
  // One consumer, killed ROUNDS times: only the job in its hand at that moment may have come twice.
  const repeated = handled.length - new Set(handled).size;
  expect(repeated).toBeLessThanOrEqual(ROUNDS);
  expect(new Set(rest).size).toBe(rest.length);
  for (const [index, key] of begun.entries()) {
    const again = handled.indexOf(key, index + 1);
    // Committed before the next was begun: so a repetition follows at once.
    if (again !== -1) expect(again).toBe(index + 1);
  }
  await queue.close();
}, 120_000);

/** Reads the child's lines, kills it at the given one, and reads what it had written before it died. */
async function follow(child: ChildProcess, lines: number, onLine: (line: string) => void): Promise<void> {
  if (child.stdout === null) throw new Error('the child has no stdout');
  const ended = once(child, 'exit');
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    onLine(line);
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  await ended;
}
