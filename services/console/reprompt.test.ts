import { datasetOf, parseUid, type SOPInstanceUID } from '@maskwright/dicom';
import { type JobState, jobFor } from '@maskwright/queue';
import { expect, test } from 'vitest';
import { reprompt } from './reprompt.ts';
import { archiveOf, catalogueOfRepository, event, MemoryQueue, summary } from './sample.ts';
import { fold, Worklist } from './worklist.ts';

const uid = parseUid<SOPInstanceUID>('2.25.9', 'instance');
const other = parseUid<SOPInstanceUID>('2.25.10', 'instance');
const stored: JobState = { kind: 'stored', sopInstanceUIDs: [uid], result: summary };
const deleted = { at: '2026-01-01T00:00:05.000Z', sopInstanceUIDs: [uid] };

test.each<[string, boolean, readonly JobState[]]>([
  ['was never asked for', false, []],
  ['waits', true, [{ kind: 'queued', lane: 'interactive', prompt: 'heart' }]],
  ['is at work', true, [{ kind: 'running' }]],
  ['is stored', true, [stored]],
  ['needs a person', true, [{ kind: 'needs-person', result: summary }]],
  ['failed', false, [{ kind: 'failed', code: 'PIXELS_CORRUPT', reason: 'frame 1 ends early' }]],
  ['was deleted in the PACS', false, [{ ...stored, deleted }]],
  ['was deleted in part', false, [{ ...stored, sopInstanceUIDs: [uid, other], deleted }]],
  ['ended since the images had changed', false, [{ kind: 'superseded', by: event(2, stored, 0).key }]],
  [
    'is made again after it was deleted',
    true,
    [
      { ...stored, deleted },
      { kind: 'queued', lane: 'interactive' },
    ],
  ],
])('words whose result %s are known: %s; what is not known is made', async (_, known, states) => {
  const worklist = new Worklist();
  const queue = new MemoryQueue([]);
  const deps = {
    archive: archiveOf(new Map()),
    catalogue: await catalogueOfRepository(),
    queue,
    worklist,
    bundleDigest: () => 'digest',
    now: () => new Date(Date.UTC(2026, 0, 2)),
  };
  const from = fold(undefined, event(1, stored, 0));
  const { key } = await reprompt({ ...deps, queue: new MemoryQueue([]) }, from, 'heart', undefined);
  for (const [at, state] of states.entries()) worklist.apply({ ...event(1, state, at), key });
  expect(await reprompt(deps, from, 'heart', undefined)).toEqual({ key, known });
  expect(queue.enqueued.map((job) => [job.key, job.lane, job.prompt])).toEqual(
    known ? [] : [[key, 'interactive', 'heart']],
  );
});

test('words for the images of one size are of these alone', async () => {
  const queue = new MemoryQueue([]);
  const images = ['400', '500', '400'].map((Rows, at) =>
    datasetOf({ SOPInstanceUID: `1.2.9.${at}`, Rows: Number(Rows), Columns: 300 }),
  );
  const archive = { ...archiveOf(new Map()), retrieveMetadata: async () => images };
  const bundleDigest = () => 'digest';
  const catalogue = await catalogueOfRepository();
  const from = { ...fold(undefined, event(1, stored, 0)), matrix: '400x300' } as const;
  const deps = { archive, catalogue, queue, worklist: new Worklist(), bundleDigest, now: () => new Date(0) };
  const { key } = await reprompt(deps, from, 'heart', undefined);
  const { study, series, matrix } = from;
  const sources = ['1.2.9.0', '1.2.9.2'].map((sop) => parseUid<SOPInstanceUID>(sop, 'instance'));
  const task = catalogue.task(from.task);
  const job = jobFor({ study, series, sources, task, matrix, prompt: 'heart', lane: 'interactive' }, bundleDigest);
  expect(queue.enqueued).toEqual([job]);
  expect(key).toBe(job.key);
});

test('words for images that are gone are told so, and nothing is queued', async () => {
  const queue = new MemoryQueue([]);
  const archive = { ...archiveOf(new Map()), searchInstances: async () => [] };
  const catalogue = await catalogueOfRepository();
  const deps = {
    archive,
    catalogue,
    queue,
    worklist: new Worklist(),
    bundleDigest: () => 'digest',
    now: () => new Date(0),
  };
  const asked = reprompt(deps, fold(undefined, event(1, stored, 0)), 'heart', undefined);
  await expect(asked).rejects.toMatchObject({ code: 'SOURCE_GONE' });
  expect(queue.enqueued).toEqual([]);
});
