import type { SOPInstanceUID } from '@maskwright/dicom';
import type { JobEvent, JobState, ResultSummary } from '@maskwright/queue';
import { describe, expect, test } from 'vitest';
import { event, summary } from './sample.ts';
import { Worklist } from './worklist.ts';

const queued: JobState = { kind: 'queued', lane: 'routine' };
const asked = { kind: 'queued', lane: 'interactive', prompt: 'right lung' } satisfies JobState;
const running: JobState = { kind: 'running' };
const stored: JobState = { kind: 'stored', sopInstanceUIDs: ['2.25.9' as SOPInstanceUID], result: summary };
const deleted: JobState = {
  ...stored,
  deleted: { at: '2026-01-01T00:00:04.000Z', sopInstanceUIDs: ['2.25.9' as SOPInstanceUID] },
};
const human: ResultSummary = {
  ...summary,
  segments: [{ target: 'right lung', prompt: 'right lung', promptType: 'human', pixels: 5 }],
};
const translated: ResultSummary = {
  ...summary,
  segments: [
    { target: 'left lung', prompt: 'left lung', promptType: 'human', pixels: 5 },
    { target: 'heart', prompt: 'heart', promptType: 'human', pixels: 5 },
  ],
  words: 'linke Lunge; Herz',
};
const superseded: JobState = { kind: 'superseded', by: event(2, running, 0).key };
const failed: JobState = { kind: 'failed', code: 'PIXELS_CORRUPT', reason: 'frame 3 ends early' };

describe('folding events into the worklist', () => {
  test.each<[string, readonly JobEvent[], object]>([
    ['a queued job waits in its lane', [event(1, queued, 1)], { state: 'queued', lane: 'routine' }],
    ['the newest state counts', [event(1, queued, 1), event(1, running, 2)], { state: 'running', lane: 'routine' }],
    [
      'a stored result keeps what earlier events said',
      [event(1, asked, 1), event(1, running, 2), event(1, stored, 3)],
      { state: 'stored', lane: 'interactive', prompt: 'right lung', sopInstanceUIDs: ['2.25.9'], result: summary },
    ],
    [
      'what was deleted in the archive is no longer there to be shown',
      [event(1, stored, 3), event(1, deleted, 4)],
      { state: 'stored', deletedAt: '2026-01-01T00:00:04.000Z', sopInstanceUIDs: [], result: summary },
    ],
    [
      'a superseded result keeps what it stored, and tells by which',
      [event(1, stored, 3), event(1, superseded, 4)],
      { state: 'superseded', supersededBy: event(2, running, 0).key, sopInstanceUIDs: ['2.25.9'], result: summary },
    ],
    [
      'a result that is made again after all is superseded no more',
      [event(1, superseded, 4), event(1, stored, 5)],
      { state: 'stored', supersededBy: undefined },
    ],
    ['an event that comes late changes nothing', [event(1, stored, 3), event(1, running, 2)], { state: 'stored' }],
    [
      'an end that is told after the beginning is news, though its time is earlier',
      [event(1, running, 5), event(1, stored, 3), event(1, running, 4)],
      { state: 'stored', at: event(1, running, 5).at },
    ],
    [
      'a late queued event still tells the words',
      [event(1, running, 2), event(1, asked, 1)],
      { state: 'running', lane: 'interactive', prompt: 'right lung' },
    ],
    ['queued at the same time does not undo running', [event(1, running, 1), event(1, asked, 1)], { state: 'running' }],
    [
      'a failure is forgotten when the job is replayed',
      [event(1, failed, 1), event(1, running, 2), event(1, stored, 3)],
      { state: 'stored', failure: undefined },
    ],
    [
      'a failure keeps its code and reason',
      [event(1, failed, 1)],
      { failure: { code: 'PIXELS_CORRUPT', reason: 'frame 3 ends early' } },
    ],
    [
      'a person’s words are known from the result alone, as a compacted log has it',
      [event(1, { ...stored, result: human }, 3)],
      { state: 'stored', prompt: 'right lung' },
    ],
    [
      'a person’s words are those that were written, all of them, not what the model was asked for one part',
      [event(1, { ...asked, prompt: 'linke Lunge; Herz' }, 1), event(1, { ...stored, result: translated }, 3)],
      { state: 'stored', prompt: 'linke Lunge; Herz' },
    ],
    [
      'and from a compacted log too',
      [event(1, { kind: 'needs-person', result: translated }, 3)],
      { state: 'needs-person', prompt: 'linke Lunge; Herz' },
    ],
    [
      'needs a person',
      [event(1, { kind: 'needs-person', result: summary }, 1)],
      { state: 'needs-person', result: summary },
    ],
  ])('%s', (_, events, expected) => {
    const worklist = new Worklist();
    for (const one of events) worklist.apply(one);
    const { entries } = worklist.list();
    expect(entries).toHaveLength(1);
    expect({ failure: undefined, supersededBy: undefined, ...entries[0] }).toMatchObject(expected);
  });

  test('lists what changed last first, and forgets the oldest beyond its limit', () => {
    const worklist = new Worklist(2);
    for (const [index, at] of [
      [1, 1],
      [2, 2],
      [1, 3],
      [3, 4],
    ] as const)
      worklist.apply(event(index, { kind: 'running' }, at));
    const { entries, truncated } = worklist.list();
    expect(entries.map(({ key }) => key)).toEqual([event(3, running, 0).key, event(1, running, 0).key]);
    expect(truncated).toBe(true);
  });

  test('tells listeners of news only', () => {
    const worklist = new Worklist();
    const heard: string[] = [];
    const stop = worklist.onChange(({ state }) => heard.push(state));
    for (const one of [event(1, queued, 1), event(1, queued, 1), event(1, running, 2), event(1, queued, 1)])
      worklist.apply(one);
    stop();
    worklist.apply(event(1, stored, 3));
    expect(heard).toEqual(['queued', 'running']);
  });
});
