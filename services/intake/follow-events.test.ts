import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseUid, type SOPInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { embeddedQueue, eventOf, type Job, type JobKey, type JobState, type Queue } from '@maskwright/queue';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followEvents, loadEvents } from './follow-events.ts';
import { StudyMemory } from './memory/index.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const job: Job = {
  schema: 'maskwright.job/1',
  key: '0'.repeat(64) as JobKey,
  study,
  series: parseUid('1.2.3.1', 'SeriesInstanceUID'),
  task: 'polyp',
  lane: 'routine',
};
const stored: JobState = {
  kind: 'stored',
  sopInstanceUIDs: [parseUid<SOPInstanceUID>('2.25.9', 'SOPInstanceUID')],
  result: {
    segments: [],
    model: null,
    reason: '',
    assessment: { family: 'polyp', percentile: null, distance: null, gate: [] },
    attributes: [],
    warnings: [],
  },
};
const superseded: JobState = { kind: 'superseded', by: '1'.repeat(64) as JobKey };
const running: JobState = { kind: 'running' };
const at = (second: number, state: JobState) => eventOf(job, state, new Date(Date.UTC(2026, 0, 1, 0, 0, second)));

let queue: Queue;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-follow-'));
  queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
});
afterEach(() => queue.close());

test.each<[string, readonly [number, JobState][], readonly [number, JobState][], boolean]>([
  [
    'whose result is superseded, and comes once more as the log is read again',
    [
      [1, stored],
      [2, superseded],
    ],
    [],
    false,
  ],
  [
    'that has a new result',
    [],
    [
      [1, running],
      [2, stored],
    ],
    true,
  ],
  [
    'whose new result says an earlier time than its beginning',
    [],
    [
      [2, running],
      [1, stored],
    ],
    true,
  ],
])('a study %s is looked at again: %s', async (_, before, after, isDoubted) => {
  for (const [second, state] of before) await queue.events.append(at(second, state));
  const memory = new StudyMemory(':memory:', 'basis');
  memory.studies.reconciled(study, { answer: '1', fingerprint: 's:1' }, 0);
  const stop = new AbortController();
  const now = () => new Date();
  await loadEvents({ queue, memory, now }, stop.signal);
  for (const [second, state] of after) await queue.events.append(at(second, state));
  const count = before.length + after.length;
  let seen = 0;
  const onEvent = () => {
    seen += 1;
    if (seen === count) stop.abort();
  };
  await followEvents({ queue, memory, now, onEvent }, stop.signal);
  expect(memory.studies.needsLook(study, '1', 1)).toBe(isDoubted);
});
