import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import {
  datasetOf,
  type KeywordValues,
  parseUid,
  type SeriesInstanceUID,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { embeddedQueue, type JobEvent, type JobKey, type Queue } from '@maskwright/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import type { KnownJob } from './memory/index.ts';
import {
  LOST_AFTER_MS,
  type ReconcileContext,
  type ReconcileDeps,
  reconcileStudy,
  WANTED_AFTER_MS,
} from './reconcile.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const uid = (value: string) => parseUid<SeriesInstanceUID>(value, 'SeriesInstanceUID');

/** An archive that holds these series, each with its instances' metadata. */
function archiveOf(series: Readonly<Record<string, readonly KeywordValues[]>>): Archive {
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    searchStudies: unused,
    searchInstances: unused,
    describeInstances: unused,
    retrieveFiles: unused,
    retrieveInstance: unused,
    retrieveFrames: unused,
    store: unused,
    async searchSeries() {
      return Object.entries(series).map(([seriesInstanceUID, [first]]) => ({
        studyInstanceUID: study,
        seriesInstanceUID: uid(seriesInstanceUID),
        modality: String(first?.Modality),
        dataset: {},
      }));
    },
    async retrieveMetadata(_, seriesInstanceUID) {
      return (series[seriesInstanceUID] ?? []).map((values) => datasetOf(values));
    },
  };
}

const chest = (sop: string): KeywordValues => ({
  SOPInstanceUID: sop,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
  Modality: 'CR',
  BodyPartExamined: 'CHEST',
  ViewPosition: 'PA',
});
const unrelated = (sop: string): KeywordValues => ({
  SOPInstanceUID: sop,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11',
  Modality: 'SR',
});

const nothingKnown: ReconcileContext = { study, known: () => undefined };
function knowing(events: ReadonlyMap<JobKey, JobEvent>): ReconcileContext {
  const known = (key: JobKey) => {
    const event = events.get(key);
    return event && { kind: event.state.kind, at: Date.parse(event.at) };
  };
  return { study, known };
}

let queue: Queue;
const told = () => Array.fromAsync(queue.events.read(new AbortController().signal, { upToNow: true }));
let deps: Omit<ReconcileDeps, 'archive'>;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-intake-'));
  queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
  deps = {
    queue,
    catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
    bundleDigest: (id) => `digest of ${id}`,
    now: () => new Date('2026-01-01T00:00:00Z'),
  };
});
afterEach(() => queue.close());

describe('reconciling a study', () => {
  test('queues one job for each series that a task selects, and says so in the log', async () => {
    const archive = archiveOf({
      '1.2.3.1': [chest('1.1')],
      '1.2.3.2': [unrelated('1.2')],
      '1.2.3.3': [chest('1.3'), chest('1.4')],
    });
    const { jobs, queued } = await reconcileStudy({ ...deps, archive }, nothingKnown);
    expect(queued).toHaveLength(2);
    expect(jobs.map(({ series, task, lane }) => [series, task, lane])).toEqual([
      ['1.2.3.1', 'chest-xray', 'routine'],
      ['1.2.3.3', 'chest-xray', 'routine'],
    ]);
    expect((await told()).map(({ key, state }) => [key, state.kind])).toEqual(jobs.map(({ key }) => [key, 'queued']));
  });

  test('of radiographs of two sizes each size is a job, of its images alone', async () => {
    const of = (sop: string, Rows: number) => ({ ...chest(sop), Rows, Columns: 300 });
    const both = archiveOf({ '1.2.3.1': [of('1.1', 400), of('1.2', 500), of('1.3', 400)] });
    const one = archiveOf({ '1.2.3.1': [of('1.1', 400), of('1.3', 400)] });
    const { jobs } = await reconcileStudy({ ...deps, archive: both }, nothingKnown);
    expect(jobs.map(({ matrix }) => matrix)).toEqual(['400x300', '500x300']);
    // A late image of another size makes other jobs of all: their results lie elsewhere.
    expect((await reconcileStudy({ ...deps, archive: one }, nothingKnown)).jobs[0]?.key).not.toBe(jobs[0]?.key);
  });

  test.each([
    ['is queued once more, before the others', true, ['routine']],
    ['waits', false, []],
  ])('a job in the backlog %s where its study is named: %s', async (_, isNamed, lanes) => {
    const archive = archiveOf({ '1.2.3.1': [{ ...chest('1.1'), StudyDate: '20240101' }] });
    const known = () => ({ kind: 'queued', at: deps.now().getTime() - 3 * LOST_AFTER_MS, lane: 'backlog' }) as const;
    const { queued } = await reconcileStudy({ ...deps, archive }, { study, known, isNamed });
    expect(queued.map((job) => job.lane)).toEqual(lanes);
  });

  test('doing it again queues nothing', async () => {
    const archive = archiveOf({ '1.2.3.1': [chest('1.1')] });
    await reconcileStudy({ ...deps, archive }, nothingKnown);
    const again = await reconcileStudy(
      { ...deps, archive },
      knowing(new Map((await told()).map((event) => [event.key, event]))),
    );
    expect(again.queued).toEqual([]);
    expect(again.jobs).toHaveLength(1);
  });

  test.each<[KnownJob['kind'], number, number]>([
    ['queued', LOST_AFTER_MS, 0],
    ['queued', LOST_AFTER_MS + 1, 1],
    ['running', LOST_AFTER_MS, 0],
    ['running', LOST_AFTER_MS + 1, 1],
    ['superseded', WANTED_AFTER_MS, 0],
    ['superseded', WANTED_AFTER_MS + 1, 1],
    ['stored', LOST_AFTER_MS + 1, 0],
    ['needs-person', LOST_AFTER_MS + 1, 0],
    ['failed', LOST_AFTER_MS + 1, 0],
  ])('a job that has been %s for %i ms is queued again %i times', async (kind, sinceMs, times) => {
    const archive = archiveOf({ '1.2.3.1': [chest('1.1')] });
    const at = deps.now().getTime() - sinceMs;
    const { queued } = await reconcileStudy({ ...deps, archive }, { study, known: () => ({ kind, at }) });
    expect(queued).toHaveLength(times);
  });

  test('a late image makes another job, the same images in another order do not', async () => {
    const keys = async (...instances: KeywordValues[]) =>
      (await reconcileStudy({ ...deps, archive: archiveOf({ '1.2.3.1': instances }) }, nothingKnown)).jobs.map(
        ({ key }) => key,
      );
    expect(await keys(chest('1.1'), chest('1.2'))).toEqual(await keys(chest('1.2'), chest('1.1')));
    expect(await keys(chest('1.1'))).not.toEqual(await keys(chest('1.1'), chest('1.2')));
  });

  test.each([
    ['an urgent study goes before others', { RequestedProcedurePriority: 'STAT' }, false, 'stat'],
    ['a study of last year after all others', { StudyDate: '20250101' }, false, 'backlog'],
    ['but not where someone has named it', { StudyDate: '20250101' }, true, 'routine'],
  ])('%s', async (_, values, isNamed, lane) => {
    const archive = archiveOf({ '1.2.3.1': [{ ...chest('1.1'), ...values }] });
    const { queued } = await reconcileStudy({ ...deps, archive }, { ...nothingKnown, isNamed });
    expect(queued.map((job) => job.lane)).toEqual([lane]);
  });
});
