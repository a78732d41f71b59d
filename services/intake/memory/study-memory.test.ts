import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { eventOf, type Job, type JobState, jobFor } from '@maskwright/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StudyMemory, UNCOUNTED } from './index.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const jobOf = (...sources: string[]): Job =>
  jobFor(
    {
      study,
      series: parseUid('1.2.3.1', 'SeriesInstanceUID'),
      sources: sources.map((one) => parseUid(one, 'SOPInstanceUID')),
      task: { id: 'chest-xray', digest: 'd', models: { vlsm: 'v', conventional: 'c' } },
      lane: 'routine',
    },
    (id) => id,
  );
const [early, late] = [jobOf('1.1'), jobOf('1.1', '1.2')];
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const queued: JobState = { kind: 'queued', lane: 'routine' };
const failed: JobState = { kind: 'failed', code: 'X', reason: 'x' };
const result = { segments: [], model: null, reason: '', attributes: [], warnings: [] };
const ended: JobState = {
  kind: 'needs-person',
  result: { ...result, assessment: { family: 'f', percentile: null, distance: null, gate: [] } },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'memory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const file = () => path.join(folder, 'cache', 'intake.sqlite');

describe('what intake remembers', () => {
  test('of a study: looked at only where the list says something else', () => {
    const memory = new StudyMemory(':memory:', 'basis');
    expect(memory.studies.needsLook(study, '2', 0)).toBe(true);
    memory.studies.reconciled(study, { answer: '2', fingerprint: 's:2' }, 0);
    expect(memory.studies.needsLook(study, '2', 1e12)).toBe(false);
    expect(memory.studies.needsLook(study, '3', 1)).toBe(true);
    memory.studies.looked(study, '3', 1);
    expect(memory.studies.needsLook(study, '3', 1)).toBe(false);
    expect(memory.studies.isReconciled(study, 's:2')).toBe(true);
    expect(memory.studies.isReconciled(study, 's:3')).toBe(false);
  });

  test('of one in an archive that does not count: asked again, ever more rarely', () => {
    const memory = new StudyMemory(':memory:', 'basis');
    memory.studies.reconciled(study, { answer: UNCOUNTED, fingerprint: 's:2' }, 0);
    expect(memory.studies.needsLook(study, UNCOUNTED, 29_000)).toBe(false);
    expect(memory.studies.needsLook(study, UNCOUNTED, 30_000)).toBe(true);
    memory.studies.looked(study, UNCOUNTED, 4_000_000);
    expect(memory.studies.needsLook(study, UNCOUNTED, 4_900_000)).toBe(false);
    expect(memory.studies.needsLook(study, UNCOUNTED, 5_000_000)).toBe(true);
    // A clock that was put back asks rather too often.
    expect(memory.studies.needsLook(study, UNCOUNTED, 3_000_000)).toBe(true);
  });

  test('outlives the process, but neither another catalogue nor a broken file', async () => {
    const open = (basis: string) => new StudyMemory(file(), basis);
    const first = open('basis');
    first.studies.reconciled(study, { answer: '2', fingerprint: 's:2' }, 0);
    first.close();
    const [again, other] = [open('basis'), open('other')];
    expect([again.studies.needsLook(study, '2', 1), other.studies.needsLook(study, '2', 1)]).toEqual([false, true]);
    again.close();
    other.close();
    for (const suffix of ['-wal', '-shm']) await rm(file() + suffix, { force: true });
    await writeFile(file(), 'this is no database, whatever its name says'.repeat(100));
    const made = open('basis');
    expect(made.studies.needsLook(study, '2', 1)).toBe(true);
    made.close();
  });

  test('of a job that has ended in the millisecond in which it was queued: its end, in whatever order they come', () => {
    for (const states of [
      [queued, failed],
      [failed, queued],
    ]) {
      const memory = new StudyMemory(':memory:', 'basis');
      for (const state of states) memory.jobs.note(eventOf(early, state, at(1)));
      expect(memory.jobs.get(early.key)).toMatchObject({ kind: 'failed' });
      memory.close();
    }
  });

  test('of a job: the newest event, in whatever order they come', () => {
    const memory = new StudyMemory(':memory:', 'basis');
    memory.jobs.note(eventOf(early, failed, at(2)));
    memory.jobs.note(eventOf(early, queued, at(1)));
    expect(memory.jobs.get(early.key)).toEqual({ kind: 'failed', at: at(2).getTime(), lane: 'routine' });
  });

  test('of a job: its end, where that is told after its beginning, though its time is earlier', () => {
    const memory = new StudyMemory(':memory:', 'basis');
    memory.jobs.note(eventOf(early, { kind: 'running' }, at(5)));
    memory.jobs.note(eventOf(early, ended, at(3)));
    memory.jobs.note(eventOf(early, { kind: 'running' }, at(4)));
    expect(memory.jobs.get(early.key)).toEqual({ kind: ended.kind, at: at(5).getTime(), lane: null });
  });

  test('studies whose jobs the log no longer knows are judged anew', async () => {
    const memory = new StudyMemory(file(), 'basis');
    memory.jobs.note(eventOf(early, queued, at(1)));
    memory.results.expect(study, [early]);
    memory.studies.reconciled(study, { answer: '1', fingerprint: 's:1' }, 0);
    await memory.jobs.load([eventOf(early, failed, at(2))]);
    expect(memory.studies.needsLook(study, '1', 1)).toBe(false);
    await memory.jobs.load([]);
    expect(memory.studies.needsLook(study, '1', 1)).toBe(true);
    expect(memory.jobs.get(early.key)).toBeUndefined();
    memory.close();
  });

  test('studies with a job that waits too long', () => {
    const memory = new StudyMemory(':memory:', 'basis');
    memory.jobs.note(eventOf(early, queued, at(1)));
    expect(memory.jobs.waitingSince(at(1).getTime())).toEqual([]);
    expect(memory.jobs.waitingSince(at(2).getTime())).toEqual([study]);
    memory.jobs.note(eventOf(early, { kind: 'running' }, at(3)));
    expect(memory.jobs.waitingSince(at(3).getTime())).toEqual([]);
    // Whoever had begun it may have died, and its message be gone.
    expect(memory.jobs.waitingSince(at(9).getTime())).toEqual([study]);
    memory.jobs.note(eventOf(early, ended, at(4)));
    expect(memory.jobs.waitingSince(at(9).getTime())).toEqual([]);
  });
});

test('studies whose job was superseded and should exist after all', () => {
  const memory = new StudyMemory(':memory:', 'basis');
  memory.jobs.note(eventOf(early, { kind: 'superseded', by: late.key }, at(1)));
  expect(memory.jobs.wantedAgain(at(9).getTime())).toEqual([]);
  memory.results.expect(study, [early]);
  expect([memory.jobs.wantedAgain(at(1).getTime()), memory.jobs.wantedAgain(at(9).getTime())]).toEqual([[], [study]]);
});

/** 2500 jobs, each of a study of its own. */
const manyJobs = (): Job[] =>
  Array.from({ length: 2500 }, (_, n) => ({
    ...jobOf(`1.${n}`),
    study: parseUid<StudyInstanceUID>(`1.2.3.${n}`, 'StudyInstanceUID'),
  }));

test.each<[string, JobState, (memory: StudyMemory) => StudyInstanceUID[]]>([
  ['that wait', queued, ({ jobs }) => jobs.waitingSince(at(9).getTime())],
  ['that are wanted again', { kind: 'superseded', by: late.key }, ({ jobs }) => jobs.wantedAgain(at(9).getTime())],
])('of thousands of jobs %s and stay, each has its turn, again and again', async (_, state, turn) => {
  const memory = new StudyMemory(':memory:', 'basis');
  const jobs = manyJobs();
  for (const job of jobs) memory.results.expect(job.study, [job]);
  await memory.jobs.load(jobs.map((job) => eventOf(job, state, at(1))));
  const rounds = [1, 2].map(() => [turn(memory), turn(memory), turn(memory)]);
  const studies = jobs.map((job) => job.study).toSorted();
  for (const turns of rounds) {
    expect(turns.map((one) => one.length)).toEqual([1000, 1000, 500]);
    expect(turns.flat().toSorted()).toEqual(studies);
  }
});

test('a result of all sizes is superseded only when each size has ended', () => {
  const memory = new StudyMemory(':memory:', 'basis');
  const [small, large] = [{ ...late, matrix: '400x300' } as const, { ...jobOf('1.9'), matrix: '500x300' } as const];
  memory.jobs.note(eventOf(early, ended, at(1)));
  memory.jobs.note(eventOf(large, ended, at(2)));
  memory.jobs.note(eventOf(small, { kind: 'running' }, at(2)));
  memory.results.expect(study, [small, large]);
  memory.studies.reconciled(study, { answer: '2', fingerprint: 's:2' }, 0);
  expect(memory.results.outdated(study)).toEqual([]);
  memory.jobs.note(eventOf(small, ended, at(3)));
  expect(memory.results.outdated(study)).toMatchObject([{ key: early.key }]);
  expect(
    memory.results
      .standing(study)
      ?.map(({ matrix }) => matrix)
      .sort(),
  ).toEqual(['400x300', '500x300']);
});

test('what the log says last counts after a restart, though an earlier end comes first in it', async () => {
  const memory = new StudyMemory(':memory:', 'basis');
  const log = [eventOf(early, queued, at(1)), eventOf(early, ended, at(2)), eventOf(early, queued, at(3))];
  for (const reading of [1, 2]) {
    await memory.jobs.load(log);
    expect([reading, memory.jobs.get(early.key)]).toMatchObject([reading, { kind: 'queued', at: at(3).getTime() }]);
  }
  // Whoever follows the log reads it from its beginning once more.
  memory.jobs.note(eventOf(late, queued, at(3600)));
  await memory.jobs.load([...log, eventOf(late, queued, at(3600))]);
  for (const event of log) memory.jobs.note(event);
  expect(memory.jobs.get(early.key)).toMatchObject({ kind: 'queued' });
  // A clock that is some minutes behind tells an end that is new all the same.
  memory.jobs.note(eventOf(late, ended, at(3590)));
  expect(memory.jobs.get(late.key)).toMatchObject({ kind: ended.kind });
});

test('of the backlog a job waits longer before it is looked at again', () => {
  const memory = new StudyMemory(':memory:', 'basis');
  memory.jobs.note(eventOf(early, { kind: 'queued', lane: 'backlog' }, at(1)));
  expect(memory.jobs.waitingSince(at(9).getTime(), at(0).getTime())).toEqual([]);
  expect(memory.jobs.waitingSince(at(9).getTime(), at(9).getTime())).toEqual([study]);
});

describe('results that late images have superseded', () => {
  const words: JobState = { kind: 'queued', lane: 'interactive', prompt: 'the other lung' };
  test.each<[string, readonly [Job, JobState][], boolean]>([
    [
      'the earlier, when the later has ended',
      [
        [early, ended],
        [late, ended],
      ],
      true,
    ],
    [
      'one that failed, too',
      [
        [early, failed],
        [late, ended],
      ],
      true,
    ],
    [
      'not before the later has ended',
      [
        [early, ended],
        [late, queued],
      ],
      false,
    ],
    [
      'not where the later failed',
      [
        [early, ended],
        [late, failed],
      ],
      false,
    ],
    [
      'not while it runs: it is named when it ends',
      [
        [early, { kind: 'running' }],
        [late, ended],
      ],
      false,
    ],
    [
      'never one in a person’s words',
      [
        [early, words],
        [early, ended],
        [late, ended],
      ],
      false,
    ],
    [
      'one that failed, where the later failed too',
      [
        [early, failed],
        [late, failed],
      ],
      true,
    ],
    [
      'one of all sizes, when each size has ended',
      [
        [early, ended],
        [{ ...late, matrix: '400x300' }, ended],
      ],
      true,
    ],
    [
      'never one of another size',
      [
        [{ ...early, matrix: '500x300' }, ended],
        [{ ...late, matrix: '400x300' }, ended],
      ],
      false,
    ],
  ])('%s', (_, events, isOutdated) => {
    const memory = new StudyMemory(':memory:', 'basis');
    for (const [index, [job, state]] of events.entries()) memory.jobs.note(eventOf(job, state, at(index)));
    memory.results.expect(study, [late]);
    const { key, series, task } = early;
    expect(memory.results.outdated(study)).toEqual(isOutdated ? [{ key, series, task, by: late.key }] : []);
  });
});
