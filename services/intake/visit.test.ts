import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { loadCatalogue } from '@maskwright/catalogue';
import { datasetOf, type KeywordValues, parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { outsideArchive } from '@maskwright/dicomweb';
import { embeddedQueue, eventOf, type Job, type Queue } from '@maskwright/queue';
import { resultLineage, segUids } from '@maskwright/result';
import { startTelemetry } from '@maskwright/telemetry';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { Completeness } from './completeness.ts';
import { Absences } from './deletions.ts';
import { StudyMemory } from './memory/index.ts';
import { expectedJobs } from './reconcile.ts';
import { visitStudy } from './visit.ts';

const url = 'http://pacs.test/dicom-web';
const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const never = new AbortController().signal;
const chest = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
  Modality: 'CR',
  BodyPartExamined: 'CHEST',
  ViewPosition: 'PA',
};

let folder: string;
let queue: Queue;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'visit-'));
  queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
});
afterEach(async () => {
  nock.cleanAll();
  await queue.close();
  await rm(folder, { recursive: true, force: true });
});

/** A PACS with one study, each series of which is of one image. */
function pacs(
  series: readonly (readonly [series: string, image: string])[],
  counts: KeywordValues,
  others: KeywordValues = {},
) {
  const answers = nock(url).persist();
  const answer = (place: string, entries: readonly object[]) =>
    answers.get(place).query(true).reply(200, JSON.stringify(entries), { 'content-type': 'application/dicom+json' });
  answer(
    '/studies/1.2.3/series',
    series.map(([uid]) => datasetOf({ SeriesInstanceUID: uid, Modality: 'CR', ...counts })),
  );
  for (const [uid, image] of series)
    for (const part of ['metadata', 'instances'])
      answer(`/studies/1.2.3/series/${uid}/${part}`, [datasetOf({ ...chest, ...others, SOPInstanceUID: image })]);
}

/** Around a visit: nothing is waited for. */
const world = async () => ({
  archive: outsideArchive({ url }),
  queue,
  catalogue: await loadCatalogue(path.join(repositoryRoot, 'catalogue')),
  bundleDigest: (id: string) => id,
  completeness: new Completeness({ quietMs: 0, patienceMs: 0 }),
  absences: new Absences(0),
});

const counted = { NumberOfSeriesRelatedInstances: 1 };
const badSeries: [string, string][] = [
  ['1.2.3.1', '1.1'],
  ['DOE^JANE', '1.2'],
  ['1.2.3.3', '1.3'],
];
const badImage: [string, string][] = [
  ['1.2.3.1', '1.1'],
  ['1.2.3.2', 'DOE^JANE'],
  ['1.2.3.3', '1.3'],
];

describe('a series that cannot be addressed, or has an image that cannot', () => {
  test.each<[string, [string, string][], KeywordValues, object]>([
    ['a series', badSeries, counted, { study, series: 1 }],
    ['an image', badImage, counted, { study, series: '1.2.3.2' }],
    ['an image, in an archive that does not count', badImage, {}, { study, series: '1.2.3.2' }],
  ])('is told and keeps no other from its job; each sweep looks again: %s', async (_, series, counts, told) => {
    pacs(series, counts);
    const lines: string[] = [];
    const logDestination = new Writable({
      write(chunk, __, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'warn', logDestination });
    const memory = new StudyMemory(':memory:', 'basis');
    const deps = { ...(await world()), telemetry, memory, now: () => new Date() };
    for (const __ of ['once', 'again']) {
      expect(await visitStudy(deps, { study, answer: '3' }, never)).toBe(0);
      expect(memory.studies.needsLook(study, '3', Date.now())).toBe(true);
    }
    const events = await Array.fromAsync(queue.events.read(never, { upToNow: true }));
    expect(events.map((event) => event.series).sort()).toEqual(['1.2.3.1', '1.2.3.3']);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ code: 'DICOM_MALFORMED', ...told }),
    );
    expect(lines.join('')).not.toContain('DOE');
    await telemetry.shutdown();
  });
});

test('an old study that a sweep has found waits in the backlog until someone names it', async () => {
  pacs([['1.2.3.1', '1.1']], counted, { StudyDate: '20250101' });
  const logDestination = new Writable({ write: (_, __, done) => done() });
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'warn', logDestination });
  const memory = new StudyMemory(':memory:', 'basis');
  let seconds = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++));
  const deps = { ...(await world()), telemetry, memory, now };
  await visitStudy(deps, { study, answer: '1', isNamed: false }, never);
  await visitStudy(deps, { study, answer: '1', isNamed: false }, never);
  for (const _ of ['by a notice', 'by another one']) await visitStudy(deps, { study, isNamed: true }, never);
  const events = await Array.fromAsync(queue.events.read(never, { upToNow: true }));
  expect(events.map(({ state }) => state.kind === 'queued' && state.lane)).toEqual(['backlog', 'routine']);
  const lanes: string[] = [];
  const stop = new AbortController();
  const handle = async ({ lane }: Job) => {
    lanes.push(lane);
    stop.abort();
  };
  await queue.jobs.consume(handle, { signal: stop.signal });
  expect(lanes).toEqual(['routine']);
  await telemetry.shutdown();
});

test('a deletion that is not to be believed yet is looked for by the next sweep, whoever makes it', async () => {
  pacs([['1.2.3.1', '1.1']], counted);
  const now = new Date('2026-01-01T00:00:00Z');
  const logDestination = new Writable({ write: (_, __, done) => done() });
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'warn', logDestination });
  const memory = new StudyMemory(':memory:', 'basis');
  const deps = { ...(await world()), telemetry, memory, now: () => now, absences: new Absences(10_000) };
  for (const job of await expectedJobs(deps, study)) {
    const { sopInstanceUID } = segUids(job.key, 1, resultLineage(job));
    memory.jobs.note(eventOf(job, { kind: 'stored', sopInstanceUIDs: [sopInstanceUID], result }, now));
  }
  expect(await visitStudy(deps, { study, answer: '1' }, never)).toBe(10_000);
  expect(memory.studies.needsLook(study, '1', now.getTime())).toBe(true);
  await telemetry.shutdown();
});
const result = {
  segments: [],
  model: 'm',
  reason: '',
  assessment: { family: 'f', percentile: null, distance: null, gate: [] },
  attributes: [],
  warnings: [],
};
