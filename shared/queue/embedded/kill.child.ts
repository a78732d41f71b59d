/** The process that kill.test.ts kills: enqueues and consumes without end and writes a line of each step. */
import { writeSync } from 'node:fs';
import { sampleJob } from '../sample.ts';
import { embeddedQueue } from './index.ts';

const [file, first] = process.argv.slice(2);
if (file === undefined || first === undefined) throw new Error('usage: kill.child.ts FILE FIRST');
const queue = embeddedQueue({ file });
// Written at once, so that the parent knows what had happened when it kills.
const say = (line: string) => writeSync(1, `${line}\n`);

const consumed = queue.jobs.consume(async (job) => void say(`begun ${job.key}`), {
  signal: new AbortController().signal,
});
for (let index = Number(first); ; index += 1) {
  const job = sampleJob(index);
  await queue.jobs.enqueue([job]);
  say(`enqueued ${job.key}`);
  if (index === Number(first) + 500) await consumed;
}
