import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { loadCatalogue } from '@maskwright/catalogue';
import { parseUid, type SOPInstanceUID, writePart10 } from '@maskwright/dicom';
import type { Archive, StoreOutcome } from '@maskwright/dicomweb';
import {
  embeddedQueue,
  eventOf,
  type Job,
  type JobEvent,
  type JobState,
  jobFor,
  type Queue,
  replayJob,
} from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { DiskRoom } from './disk-room.ts';
import { job as other, summary } from './sample.ts';
import { runSegmenter } from './segmenter.ts';
import { Spool } from './spool.ts';

const lines: string[] = [];
const telemetry = startTelemetry({
  ...{ service: 'test', version: '0', logLevel: 'warn' },
  logDestination: new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  }),
});
const sopInstanceUID = parseUid<SOPInstanceUID>('2.25.9', 'SOPInstanceUID');
const catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
const bundleDigest = (id: string) => id;
/** Of the image that the archive has; `other` is of what its series was before. */
const job = ((): Job => {
  const { study, series, lane } = other;
  return jobFor({ study, series, sources: [sopInstanceUID], task: catalogue.task('polyp'), lane }, bundleDigest);
})();
const stored: JobState = { kind: 'stored', sopInstanceUIDs: [sopInstanceUID], result: summary };
const spooled = {
  objects: [
    writePart10({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      SOPInstanceUID: sopInstanceUID,
      StudyInstanceUID: job.study,
      SeriesInstanceUID: '2.25.7.9',
      Modality: 'SEG',
    }),
  ],
  event: eventOf(job, stored, new Date()),
};

let folder: string;
let spool: Spool;
let queue: Queue;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-segmenter-'));
  spool = new Spool(folder);
  const home = await mkdtemp(path.join(os.tmpdir(), 'maskwright-queue-'));
  queue = embeddedQueue({ file: path.join(home, 'queue.sqlite'), backoff: { baseMs: 1, maxMs: 2 } });
});
afterEach(() => queue.close());

/** Runs a segmenter until its log says that a job has ended, or it has looked into its spool; the archive gives these reasons, and then takes all. */
async function runUntil(
  end: 'ended' | 'tidied',
  reasons: readonly number[] = [],
  of: Job = job,
  there = [{ sopInstanceUID, sopClassUID: '1.2.840.10008.5.1.4.1.1.7', dataset: {} }],
): Promise<JobState | undefined> {
  const stop = new AbortController();
  const left = [...reasons];
  const unused = () => {
    throw new Error('not used here');
  };
  const archive: Archive = {
    searchStudies: unused,
    searchSeries: unused,
    searchInstances: async (_study, series) => (series === job.series ? there : []),
    retrieveMetadata: unused,
    retrieveInstance: unused,
    retrieveFrames: unused,
    describeInstances: async () => there,
    retrieveFiles: unused,
    async store() {
      const reason = left.shift();
      const outcome: StoreOutcome =
        reason === undefined ? { sopInstanceUID, stored: true } : { sopInstanceUID, stored: false, reason };
      return [outcome];
    },
  };
  const watched: Queue = {
    ...queue,
    events: {
      ...queue.events,
      async append(event) {
        await queue.events.append(event);
        if (end === 'ended' && !['running', 'queued'].includes(event.state.kind)) stop.abort();
      },
      async newest(...asked) {
        const found = await queue.events.newest(...asked);
        if (end === 'tidied') stop.abort();
        return found;
      },
    },
  };
  const parts = { archive, catalogue, bundleDigest, modelsFor: unused, spool, telemetry, now: () => new Date() };
  await runSegmenter({ ...parts, queue: watched }, { concurrency: 1 }, stop.signal);
  return (await newestOf(of))?.state;
}

async function newestOf({ key }: Job): Promise<JobEvent | undefined> {
  return (await queue.events.newest([key], new AbortController().signal)).get(key);
}

test('what is said of a job that is tried again, and then set aside, is in its trace', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await spool.put(job.key, spooled);
  await queue.jobs.enqueue([{ ...job, traceparent: `00-${traceId}-00f067aa0ba902b7-01` }]);
  const [passing, forGood] = [0x0110, 0x0124];
  expect(await runUntil('ended', [passing, forGood])).toMatchObject({ kind: 'failed' });
  expect(lines.map((line) => JSON.parse(line)).slice(-2)).toMatchObject([
    { traceId, key: job.key, code: 'ARCHIVE_FULL', delayMs: expect.any(Number) },
    { traceId, key: job.key, code: 'ARCHIVE_REFUSED' },
  ]);
});

describe('the spool of a segmenter', () => {
  test('is rid at the start of what another segmenter has delivered', async () => {
    await spool.put(job.key, spooled);
    await queue.events.append(eventOf(job, stored, new Date()));
    await runUntil('tidied');
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps the result of a job that is set aside for its replay, which waits for the archive as long as the first time', async () => {
    await spool.put(job.key, spooled);
    const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.json'));
    const daysAgo = new Date(Date.now() - 50 * 3600_000);
    await utimes(path.join(folder, name), daysAgo, daysAgo);
    await queue.jobs.enqueue([job]);
    const passing = 0x0110;
    expect(await runUntil('ended', [passing])).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('a day now'),
    });
    expect(await readdir(folder)).toContain(`${job.key}.0.dcm`);

    await replayJob(queue, job.key, { isNamed: true, now: () => new Date() });
    expect(await runUntil('ended', [passing])).toMatchObject({ kind: 'stored' });
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a full disk is waited out: no job is begun before there is room', async () => {
  const file = path.join(folder, 'spool');
  await writeFile(file, 'no folder, so nothing can be written in it');
  const begun: number[] = [];
  const free = async () => {
    begun.push(lines.filter((line) => line.includes('the job is tried again')).length);
    if (begun.length === 1) return 0;
    await rm(file);
    return 2 ** 30;
  };
  spool = new Spool(file, new DiskRoom(file, free));
  lines.length = 0;
  await queue.jobs.enqueue([job]);
  // Of an archive that gives no images; what matters is that the job got as far.
  expect(await runUntil('ended')).toMatchObject({ kind: 'failed', code: 'UNEXPECTED' });
  expect(begun).toEqual([0, 1]);
});

test('a result of which the study was deleted while it waited goes with it', async () => {
  await spool.put(job.key, spooled);
  await queue.jobs.enqueue([job]);
  expect(await runUntil('ended', [], job, [])).toMatchObject({ kind: 'failed', code: 'SOURCE_GONE' });
  expect(await readdir(folder)).toEqual([]);
});

describe('a job of which the images are others by now', () => {
  const words: Job = { ...other, prompt: 'left lung; heart', lane: 'interactive' };
  const asTheyAre = ({ study, series, lane, prompt }: Job) => {
    const task = catalogue.task('polyp');
    return jobFor({ study, series, sources: [sopInstanceUID], task, lane, prompt }, bundleDigest);
  };

  test("with a person's words is asked again of the images as they are", async () => {
    const again = asTheyAre(words);
    await queue.jobs.enqueue([words]);
    expect(await runUntil('ended', [], words)).toEqual({ kind: 'superseded', by: again.key });
    expect(await newestOf(again)).toMatchObject({
      series: words.series,
      state: { kind: 'queued', lane: 'interactive', prompt: 'left lung; heart' },
    });
  });

  test('is not asked again where that was done', async () => {
    const again = asTheyAre(words);
    await queue.events.append(eventOf(again, stored, new Date()));
    await queue.jobs.enqueue([words]);
    expect(await runUntil('ended', [], words)).toEqual({ kind: 'superseded', by: again.key });
    expect((await newestOf(again))?.state).toEqual(stored);
  });

  test('is asked again where another version of the program has called that superseded by this', async () => {
    const again = asTheyAre(words);
    await queue.events.append(eventOf(again, { kind: 'superseded', by: words.key }, new Date()));
    await queue.jobs.enqueue([words]);
    expect(await runUntil('ended', [], words)).toEqual({ kind: 'superseded', by: again.key });
    expect((await newestOf(again))?.state).toMatchObject({ kind: 'queued', prompt: 'left lung; heart' });
  });

  test('is left to intake without words', async () => {
    const again = asTheyAre(other);
    await queue.jobs.enqueue([other]);
    expect(await runUntil('ended', [], other)).toEqual({ kind: 'superseded', by: again.key });
    expect(await newestOf(again)).toBeUndefined();
  });
});
