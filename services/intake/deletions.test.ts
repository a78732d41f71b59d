import {
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  uidFromDigest,
} from '@maskwright/dicom';
import type { InstanceEntry, SeriesEntry } from '@maskwright/dicomweb';
import { eventOf, type Job, type JobEvent, jobFor } from '@maskwright/queue';
import { resultLineage, segUids, srUids } from '@maskwright/result';
import { beforeEach, expect, test } from 'vitest';
import { Absences, type DeletionDeps, noticeDeletions } from './deletions.ts';
import { StudyMemory } from './memory/index.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const never = new AbortController().signal;
const job = (prompt?: string): Job =>
  jobFor(
    {
      study,
      series: parseUid<SeriesInstanceUID>('1.2.3.1', 'SeriesInstanceUID'),
      sources: [parseUid<SOPInstanceUID>('1.2.3.1.1', 'SOPInstanceUID')],
      task: { id: 'polyp', digest: 'd', models: { vlsm: 'v', conventional: 'c' } },
      lane: 'routine',
      prompt,
    },
    (id) => id,
  );
const result = (promptType: string) => ({
  segments: [{ target: 'polyp', prompt: 'polyp', promptType, pixels: 1 }],
  model: 'm',
  reason: '',
  assessment: { family: 'f', percentile: null, distance: null, gate: [] },
  attributes: [],
  warnings: [],
});

let now: number;
let there: Map<string, string[]>;
let log: Map<string, JobEvent>;
let appended: JobEvent[];
let queued: Job[];
let deps: DeletionDeps;
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  there = new Map();
  log = new Map();
  appended = [];
  queued = [];
  const memory = new StudyMemory(':memory:', 'basis');
  deps = {
    archive: {
      searchSeries: async () =>
        [...there.keys()].map((series) => ({ seriesInstanceUID: series, dataset: {} }) as SeriesEntry),
      searchInstances: async (_, series) =>
        (there.get(series) ?? []).map((uid) => ({ sopInstanceUID: uid, dataset: {} }) as InstanceEntry),
    },
    queue: {
      // Only what is asked of it here.
      jobs: { enqueue: async (jobs: readonly Job[]) => void queued.push(...jobs) } as never,
      events: {
        append: async (event: JobEvent) => {
          appended.push(event);
          log.set(event.key, event);
        },
        newest: async () => log,
      } as never,
    },
    memory,
    absences: new Absences(10_000),
    telemetry: { log: { info: () => undefined } as never, traceparent: () => undefined },
    now: () => new Date(now),
  };
});

/** A result of which the archive has what the log says. */
function stored(made: Job): { readonly series: string; readonly instance: string } {
  const uids = segUids(made.key, 1, resultLineage(made));
  const state = {
    kind: 'stored' as const,
    sopInstanceUIDs: [uids.sopInstanceUID],
    result: result(made.prompt ? 'human' : 'P1'),
  };
  const event = eventOf(made, state, new Date(now));
  log.set(event.key, event);
  deps.memory.jobs.note(event);
  if (made.prompt === undefined) deps.memory.results.expect(study, [made]);
  there.set(uids.seriesInstanceUID, [uids.sopInstanceUID]);
  return { series: uids.seriesInstanceUID, instance: uids.sopInstanceUID };
}

async function look(afterMs = 10_000): Promise<number> {
  const first = await noticeDeletions(deps, study, never);
  now += afterMs;
  return first > 0 ? noticeDeletions(deps, study, never) : first;
}

test('what is there is not asked for again', async () => {
  stored(job());
  expect([await look(), appended, queued]).toEqual([0, [], []]);
});

test('a deletion is believed after the quiet time, not before', async () => {
  const { series } = stored(job());
  there.delete(series);
  expect(await noticeDeletions(deps, study, never)).toBe(10_000);
  now += 4_000;
  expect(await noticeDeletions(deps, study, never)).toBe(6_000);
  expect(appended).toEqual([]);
  now += 6_000;
  expect(await noticeDeletions(deps, study, never)).toBe(0);
  expect(appended).toHaveLength(1);
});

test('what comes back meanwhile was not deleted', async () => {
  const { series, instance } = stored(job());
  there.delete(series);
  await noticeDeletions(deps, study, never);
  there.set(series, [instance]);
  now += 60_000;
  expect(await noticeDeletions(deps, study, never)).toBe(0);
  there.delete(series);
  expect(await noticeDeletions(deps, study, never)).toBe(10_000);
});

test('by default it stays away, and the log says so, once', async () => {
  const { series, instance } = stored(job());
  there.set(series, [String(uidFromDigest('another version'))]);
  await look();
  await look();
  expect(queued).toEqual([]);
  expect(appended).toMatchObject([{ state: { kind: 'stored', deleted: { sopInstanceUIDs: [instance] } } }]);
});

test('what was deleted one after the other is noted together', async () => {
  const { series, instance } = stored(job());
  const report = srUids(job().key, resultLineage(job()));
  const last = log.get(job().key);
  if (last?.state.kind !== 'stored') throw new Error('it was stored');
  const both = [...last.state.sopInstanceUIDs, report.sopInstanceUID];
  const event = { ...last, state: { ...last.state, sopInstanceUIDs: both } };
  log.set(event.key, event);
  deps.memory.jobs.note(event);
  await look();
  there.delete(series);
  await look();
  expect(appended.map(({ state }) => state.kind === 'stored' && state.deleted?.sopInstanceUIDs)).toEqual([
    [report.sopInstanceUID],
    [report.sopInstanceUID, instance],
  ]);
});

test('what is being made again by now is not noted', async () => {
  const { series } = stored(job());
  there.delete(series);
  log.set(job().key, eventOf(job(), { kind: 'queued', lane: 'routine' }, new Date(now)));
  await look();
  expect([appended, queued]).toEqual([[], []]);
});

test('where it is to be made again, the same job is queued, once', async () => {
  deps = { ...deps, remakeDeleted: true };
  const { series } = stored(job());
  there.delete(series);
  await look();
  await look();
  expect(queued).toMatchObject([{ key: job().key, study, lane: 'routine' }]);
  expect(appended).toMatchObject([{ state: { kind: 'queued' } }]);
});

test('a result of the images of one size is looked for in its own series, and made again of them', async () => {
  deps = { ...deps, remakeDeleted: true };
  const sized: Job = { ...job(), matrix: '4x5' };
  const { series } = stored(sized);
  await look();
  expect(queued).toEqual([]);
  there.delete(series);
  await look();
  expect(queued).toMatchObject([{ key: sized.key, matrix: '4x5' }]);
});

test('a result of a person’s own words is not made again by itself', async () => {
  deps = { ...deps, remakeDeleted: true };
  const { series } = stored(job('a flat polyp'));
  await look();
  expect(appended).toEqual([]);
  there.delete(series);
  await look();
  expect([queued, appended.map(({ state }) => state.kind)]).toEqual([[], ['stored']]);
});

test('another archive for the results is the one that is asked', async () => {
  stored(job());
  deps = { ...deps, target: { searchSeries: async () => [], searchInstances: async () => [] } };
  await look();
  expect(appended).toHaveLength(1);
});
