import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { loadCatalogue } from '@maskwright/catalogue';
import { datasetOf, parseUid, type StudyInstanceUID, writePart10 } from '@maskwright/dicom';
import { type Archive, type EmbeddedArchive, outsideArchive, startEmbeddedArchive } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { embeddedQueue, type Job, type JobEvent, type Queue } from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { type IntakeOptions, runIntake } from './intake.ts';

const study = parseUid<StudyInstanceUID>('2.25.7', 'StudyInstanceUID');
const chest = (instance: number, date = '20260101') =>
  writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
    SOPInstanceUID: `2.25.7.1.${instance}`,
    StudyInstanceUID: study,
    SeriesInstanceUID: '2.25.7.1',
    StudyDate: date,
    Modality: 'CR',
    BodyPartExamined: 'CHEST',
    ViewPosition: 'PA',
  });

let folder: string;
let server: EmbeddedArchive;
let archive: Archive;
let queue: Queue;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'intake-'));
  server = await startEmbeddedArchive({ directory: path.join(folder, 'archive') });
  archive = outsideArchive({ url: server.url });
  queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
});
afterEach(async () => {
  await queue.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs intake, and a worker that ends each job, until `until` has seen enough events. */
async function run(
  until: (events: readonly JobEvent[]) => boolean | Promise<boolean>,
  options: Partial<IntakeOptions> = {},
  asked: Archive = archive,
) {
  const stop = new AbortController();
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'error' });
  const deps = {
    archive: asked,
    queue,
    telemetry,
    catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
    bundleDigest: (id: string) => id,
    now: () => new Date(),
  };
  const events: JobEvent[] = [];
  const jobs: Job[] = [];
  const result = { segments: [], model: null, reason: '', attributes: [], warnings: [] };
  const assessment = { family: 'f', percentile: null, distance: null, gate: [] };
  const work = queue.jobs.consume(
    async (job) => {
      jobs.push(job);
      const { key, series, task } = job;
      await queue.events.append({
        schema: 'maskwright.event/1',
        key,
        study: job.study,
        series,
        task,
        at: new Date().toISOString(),
        state: { kind: 'needs-person', result: { ...result, assessment } },
      });
    },
    { signal: stop.signal },
  );
  const memoryFile = path.join(folder, 'intake.sqlite');
  const intake = runIntake(deps, { sweepSeconds: 0.1, quietSeconds: 0, memoryFile, ...options }, stop.signal);
  const watch = (async () => {
    for await (const event of queue.events.read(stop.signal)) {
      events.push(event);
      if (await until(events)) break;
    }
    stop.abort();
  })();
  await Promise.all([work, intake, watch]);
  await telemetry.shutdown();
  return { jobs, kinds: events.map(({ state }) => state.kind), events };
}
const ended = (count: number) => (events: readonly JobEvent[]) =>
  events.filter(({ state }) => state.kind === 'needs-person').length === count;

describe('intake', () => {
  test('a sweep finds a study, and its job is queued once', async () => {
    await archive.store([chest(1), chest(2)]);
    const { jobs } = await run(ended(1));
    expect(jobs).toMatchObject([{ study, task: 'chest-xray' }]);
  });

  test('a late image makes another job, and the earlier result is named superseded', async () => {
    await archive.store([chest(1)]);
    let isLate = false;
    const { jobs, events } = await run(async (all) => {
      if (!isLate && ended(1)(all)) {
        isLate = true;
        await archive.store([chest(2)]);
      }
      return all.some(({ state }) => state.kind === 'superseded');
    });
    expect(jobs).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({
      key: jobs[0]?.key,
      study,
      series: '2.25.7.1',
      task: 'chest-xray',
      state: { kind: 'superseded', by: jobs[1]?.key },
    });
  });

  test('a study is not begun before the images that were announced', async () => {
    await archive.store([chest(1)]);
    await queue.notices.publish([{ schema: 'maskwright.study-notice/1', study, expectedImages: 2 }]);
    const seen: string[] = [];
    const watched: Archive = {
      ...archive,
      async searchSeries(...args) {
        const found = await archive.searchSeries(...args);
        seen.push('look');
        // After the first look at the incomplete study the second image comes, with a notice.
        if (seen.length === 1) {
          await archive.store([chest(2)]);
          await queue.notices.publish([{ schema: 'maskwright.study-notice/1', study }]);
        }
        return found;
      },
    };
    const { jobs } = await run(ended(1), { quietSeconds: 600, sweepSeconds: 600 }, watched);
    expect(jobs).toHaveLength(1);
    expect(await archive.searchInstances(study, parseUid('2.25.7.1', 'SeriesInstanceUID'))).toHaveLength(2);
  });

  test('what was seen is not asked for again after a restart', async () => {
    await archive.store([chest(1)]);
    await run(ended(1));
    const asked: string[] = [];
    const counting: Archive = {
      ...archive,
      searchSeries: (...args) => {
        asked.push('series');
        return archive.searchSeries(...args);
      },
      async *searchStudies(...args) {
        asked.push('studies');
        yield* archive.searchStudies(...args);
      },
    };
    const stopAfterSweeps = new AbortController();
    const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'error' });
    const deps = {
      archive: counting,
      queue,
      telemetry,
      catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
      bundleDigest: (id: string) => id,
      now: () => new Date(),
    };
    const done = runIntake(
      deps,
      { sweepSeconds: 0.01, quietSeconds: 0, memoryFile: path.join(folder, 'intake.sqlite') },
      stopAfterSweeps.signal,
    );
    await expect.poll(() => asked.filter((what) => what === 'studies').length, { timeout: 10_000 }).toBeGreaterThan(3);
    stopAfterSweeps.abort();
    await done;
    await telemetry.shutdown();
    expect(asked.filter((what) => what === 'series')).toEqual([]);
  });

  test('a study that is passed over is told in the trace of its notice', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    await queue.notices.publish([{ schema: 'maskwright.study-notice/1', study, traceparent }]);
    const refusing: Archive = {
      ...archive,
      searchSeries: () => Promise.reject(new MaskwrightError('ARCHIVE_REFUSED', 'not this one')),
    };
    const told = Promise.withResolvers<unknown>();
    const logDestination = new Writable({
      write(chunk, _, done) {
        told.resolve(JSON.parse(String(chunk)));
        done();
      },
    });
    const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'warn', logDestination });
    const deps = {
      ...{ archive: refusing, queue, telemetry, bundleDigest: (id: string) => id, now: () => new Date() },
      catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
    };
    const stop = new AbortController();
    const done = runIntake(deps, { sweepSeconds: 600, quietSeconds: 0 }, stop.signal);
    expect(await told.promise).toMatchObject({ traceId, study, code: 'ARCHIVE_REFUSED' });
    stop.abort();
    await done;
    await telemetry.shutdown();
  });

  test('a study that arrives while a backlog is swept is found before the backlog is through', async () => {
    const uid = (end: number) => parseUid<StudyInstanceUID>(`2.25.8.${end}`, 'StudyInstanceUID');
    const seen = new Set<StudyInstanceUID>();
    const lists: ('whole' | 'new')[] = [];
    const entry = (end: number) => ({ studyInstanceUID: uid(end), dataset: datasetOf({ StudyDate: '20260101' }) });
    let isThrough = false;
    const backlog: Archive = {
      ...archive,
      async *searchStudies({ studyDate } = {}) {
        lists.push(studyDate ? 'new' : 'whole');
        if (studyDate) yield entry(9999);
        else for (let end = 0; end < 1100; end++) yield entry(end);
        if (!studyDate) isThrough = true;
      },
      async searchSeries(one) {
        seen.add(one);
        return [];
      },
    };
    const stop = new AbortController();
    const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'error' });
    const deps = {
      archive: backlog,
      queue,
      telemetry,
      catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
      bundleDigest: (id: string) => id,
      now: () => new Date(),
    };
    // None of them is complete before the test ends: the agenda stays full.
    const done = runIntake(deps, { sweepSeconds: 0.01, quietSeconds: 600 }, stop.signal);
    await expect.poll(() => seen.has(uid(9999)), { timeout: 10_000 }).toBe(true);
    expect(isThrough).toBe(false);
    expect(lists.filter((list) => list === 'whole')).toHaveLength(1);
    stop.abort();
    await done;
    await telemetry.shutdown();
  });
});
