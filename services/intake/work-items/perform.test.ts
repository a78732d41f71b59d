import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  datasetOf,
  items,
  type KeywordValues,
  number,
  parseUid,
  type SOPInstanceUID,
  type StudyInstanceUID,
  text,
} from '@maskwright/dicom';
import {
  type EmbeddedArchive,
  outsideArchive,
  outsideWorkItems,
  startEmbeddedArchive,
  type WorkItems,
} from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { eventOf, type JobState, jobFor } from '@maskwright/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agenda } from '../agenda.ts';
import { StudyMemory } from '../memory/index.ts';
import { type PerformDeps, performWorkItems, transactionOf } from './perform.ts';

const study = parseUid<StudyInstanceUID>('2.25.7', 'StudyInstanceUID');
const item = parseUid('2.25.99', 'SOPInstanceUID');
const never = new AbortController().signal;
const scheduled: KeywordValues = {
  ProcedureStepState: 'SCHEDULED',
  ScheduledWorkitemCodeSequence: [{ CodeValue: 'SEG', CodingSchemeDesignator: '99SITE', CodeMeaning: 'Segment' }],
  InputInformationSequence: [{ TypeOfInstances: 'DICOM', StudyInstanceUID: study }],
};
const job = jobFor(
  {
    study,
    series: parseUid('2.25.7.1', 'SeriesInstanceUID'),
    sources: [parseUid('2.25.7.1.1', 'SOPInstanceUID')],
    task: { id: 'chest-xray', digest: 'd', models: { vlsm: 'v', conventional: 'c' } },
    lane: 'routine',
  },
  (id) => id,
);
const result = {
  segments: [],
  model: null,
  reason: '',
  attributes: [],
  warnings: [],
  assessment: { family: 'f', percentile: null, distance: null, gate: [] },
};

let folder: string;
let server: EmbeddedArchive;
let deps: PerformDeps;
let now: Date;
let warnings: { readonly workItem: string; readonly message: string }[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'work-items-'));
  server = await startEmbeddedArchive({ directory: folder });
  now = new Date('2026-01-01T00:00:00Z');
  warnings = [];
  const warn = ({ workItem }: { workItem: string }, message: string) => void warnings.push({ workItem, message });
  deps = {
    workItems: outsideWorkItems({ url: server.url }),
    archive: outsideArchive({ url: server.url }),
    memory: new StudyMemory(':memory:', 'basis'),
    agenda: new Agenda(),
    // The logger's type has a dozen methods; only these are called.
    telemetry: { log: { info: () => undefined, warn } as never },
    now: () => now,
  };
  await create(item, scheduled);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function create(uid: string, values: KeywordValues) {
  const created = await fetch(`${server.url}/workitems?${uid}`, {
    method: 'POST',
    body: JSON.stringify([datasetOf(values)]),
  });
  expect(created.status).toBe(201);
}
const round = (performer = 'ONE', codes?: string[]) => performWorkItems(deps, { performer, codes }, never);
async function held(uid: string = item) {
  const [dataset = {}] = JSON.parse(await (await fetch(`${server.url}/workitems/${uid}`)).text());
  const [progress = {}] = items(dataset, 'ProcedureStepProgressInformationSequence');
  const [performed = {}] = items(dataset, 'UnifiedProcedureStepPerformedProcedureSequence');
  return {
    dataset,
    state: text(dataset, 'ProcedureStepState'),
    percent: number(progress, 'ProcedureStepProgress'),
    progress,
    performed,
  };
}
function jobIs(state: JobState) {
  now = new Date(now.getTime() + 1000);
  deps.memory.jobs.note(eventOf(job, state, now));
  deps.memory.results.expect(study, [job]);
  deps.memory.studies.reconciled(study, { answer: '1', fingerprint: 's:1' }, now.getTime());
}

describe('work items', () => {
  test('are claimed, worked on, and completed with what was stored', async () => {
    await round();
    expect(await held()).toMatchObject({ state: 'IN PROGRESS', percent: 0 });
    expect(deps.agenda.take(now.getTime())).toMatchObject({ study });
    jobIs({ kind: 'running' });
    await round();
    expect(await held()).toMatchObject({ state: 'IN PROGRESS', percent: 0 });
    const sop = parseUid('2.25.7.9.1', 'SOPInstanceUID');
    jobIs({ kind: 'stored', sopInstanceUIDs: [sop as never], result });
    await round();
    const { state, percent, performed } = await held();
    expect([state, percent]).toEqual(['COMPLETED', 100]);
    const [output = {}] = items(performed, 'OutputInformationSequence');
    const [instance = {}] = items(output, 'ReferencedSOPSequence');
    expect([text(output, 'StudyInstanceUID'), text(instance, 'ReferencedSOPInstanceUID')]).toEqual([study, sop]);
    expect(text(performed, 'PerformedProcedureStepEndDateTime')).toBe('20260101000002+0000');
    // An item that has ended is left alone.
    await round();
    expect((await held()).state).toBe('COMPLETED');
  });

  test('are cancelled with a reason where nothing was stored', async () => {
    await round();
    jobIs({ kind: 'failed', code: 'SOURCE_GONE', reason: 'gone' });
    await round();
    const { state, progress } = await held();
    expect(state).toBe('CANCELED');
    expect(text(progress, 'ReasonForCancellation')).toBe('Of 1 jobs 0 stored a result, 0 need a person, 1 failed.');
  });

  test('that are to be cancelled are, with what was stored before', async () => {
    await round();
    jobIs({ kind: 'running' });
    deps = { ...deps, cancelRequested: new Set([item]) };
    await round('TWO');
    expect((await held()).state).toBe('IN PROGRESS');
    await round();
    const { state, progress } = await held();
    expect(state).toBe('CANCELED');
    expect(text(progress, 'ReasonForCancellation')).toBe('Cancelled on request; 0 results were stored before.');
  });

  test('that are to be cancelled do not wait for their study', async () => {
    await round();
    deps = { ...deps, cancelRequested: new Set([item]) };
    await round();
    expect((await held()).state).toBe('CANCELED');
  });

  test('of a study that never comes are cancelled in the end, not before', async () => {
    await round();
    now = new Date(now.getTime() + 599_000);
    await round();
    expect((await held()).state).toBe('IN PROGRESS');
    now = new Date(now.getTime() + 2_000);
    await round();
    expect((await held()).state).toBe('CANCELED');
  });

  test('are in one performer’s hands, who knows them again after a restart', async () => {
    await round('ONE');
    expect(await deps.workItems.changeState(item, 'COMPLETED', transactionOf('TWO', item))).toBe(false);
    jobIs({ kind: 'failed', code: 'X', reason: 'x' });
    await round('TWO');
    expect((await held()).state).toBe('IN PROGRESS');
    await round('ONE');
    expect((await held()).state).toBe('CANCELED');
  });

  test.each([
    ['its code is not ours', ['99SITE:OTHER'], 'SCHEDULED'],
    ['its code is ours', ['99SITE:SEG'], 'IN PROGRESS'],
  ])('%s', async (_, codes, state) => {
    await round('ONE', codes);
    expect((await held()).state).toBe(state);
  });

  test('are not completed before who, when and what are written', async () => {
    const transaction = transactionOf('ONE', item);
    await deps.workItems.changeState(item, 'IN PROGRESS', transaction);
    expect(await deps.workItems.changeState(item, 'COMPLETED', transaction)).toBe(false);
  });

  test.each<[string, () => Promise<boolean>]>([
    [
      'the answer of the worklist is lost',
      () => Promise.reject(new MaskwrightError('ARCHIVE_UNREACHABLE', 'it broke')),
    ],
    ['the worklist does not take it', () => Promise.resolve(false)],
  ])('are known again where %s between the claim and its mark, and that is told', async (_, update) => {
    const { workItems } = deps;
    deps = { ...deps, workItems: { ...workItems, update } };
    await round();
    expect(await held()).toMatchObject({ state: 'IN PROGRESS', percent: undefined });
    expect(warnings[0]).toMatchObject({ workItem: item });
    deps = { ...deps, workItems };
    // Nobody else's.
    await round('TWO');
    expect((await held()).percent).toBeUndefined();
    await round();
    expect(await held()).toMatchObject({ state: 'IN PROGRESS', percent: 0 });
    expect(deps.agenda.take(now.getTime())).toMatchObject({ study });
    jobIs({ kind: 'failed', code: 'X', reason: 'x' });
    await round();
    expect((await held()).state).toBe('CANCELED');
  });

  test('keep no other from its turn where one cannot be worked on, which is told', async () => {
    const { workItems } = deps;
    await create('2.25.100', scheduled);
    const changeState: WorkItems['changeState'] = (uid, ...others) =>
      uid === item
        ? Promise.reject(new MaskwrightError('ARCHIVE_REFUSED', 'no'))
        : workItems.changeState(uid, ...others);
    deps = { ...deps, workItems: { ...workItems, changeState } };
    expect([...(await round())]).toEqual([item]);
    expect([(await held()).state, (await held('2.25.100')).state]).toEqual(['SCHEDULED', 'IN PROGRESS']);
    expect(warnings).toEqual([{ workItem: item, message: expect.stringContaining('no') }]);
  });

  test('of more than one page are all claimed in one round, and all ended in one', async () => {
    const uids = Array.from({ length: 100 }, (_, index) => `2.25.1000.${index}`);
    await Promise.all(uids.map((uid) => create(uid, scheduled)));
    const states = async () => new Set(await Promise.all([item, ...uids].map(async (uid) => (await held(uid)).state)));
    await round();
    expect(await states()).toEqual(new Set(['IN PROGRESS']));
    jobIs({ kind: 'failed', code: 'X', reason: 'x' });
    await round();
    expect(await states()).toEqual(new Set(['CANCELED']));
  });

  test('end a round all the same where it is stopped', async () => {
    const stop = new AbortController();
    const changeState = async () => {
      stop.abort(new Error('stopped'));
      throw stop.signal.reason;
    };
    const stopped = { ...deps, workItems: { ...deps.workItems, changeState } };
    await expect(performWorkItems(stopped, { performer: 'ONE' }, stop.signal)).rejects.toThrow('stopped');
    expect(warnings).toEqual([]);
  });

  test.each([['1.2.'], ['.'], ['1..2']])(
    'of a study whose UID is none (%j) are left to others, and their neighbours claimed',
    async (broken) => {
      const input = [{ TypeOfInstances: 'DICOM', StudyInstanceUID: broken }];
      await create('2.25.1', { ...scheduled, InputInformationSequence: input });
      await create('2.25.100', scheduled);
      await round();
      expect([(await held('2.25.1')).state, (await held('2.25.100')).state]).toEqual(['SCHEDULED', 'IN PROGRESS']);
      expect(warnings).toEqual([]);
    },
  );

  test('are completed with the classes of the objects, as the archive says that the results go to', async () => {
    const sop = parseUid<SOPInstanceUID>('2.25.7.9.1', 'SOPInstanceUID');
    const searchInstances = async () => [
      { sopInstanceUID: sop, sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4', dataset: {} },
    ];
    deps = { ...deps, target: { searchInstances } };
    await round();
    jobIs({ kind: 'stored', sopInstanceUIDs: [sop], result });
    await round();
    const [output = {}] = items((await held()).performed, 'OutputInformationSequence');
    const [instance = {}] = items(output, 'ReferencedSOPSequence');
    expect(text(instance, 'ReferencedSOPClassUID')).toBe('1.2.840.10008.5.1.4.1.1.66.4');
  });
});
