import { parseUid, type SOPInstanceUID } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { type Job, type JobEvent, type ResultSummary, remakeResult } from './index.ts';
import { parseJobEvent } from './messages.ts';
import { sampleEvent } from './sample.ts';

const made: ResultSummary = {
  segments: [{ target: 'polyp', prompt: 'one polyp', promptType: 'P2', pixels: 1 }],
  model: 'm',
  reason: '',
  assessment: { family: 'polyp', percentile: null, distance: null, gate: [] },
  attributes: [],
  warnings: [],
};
const asked = (...prompts: string[]) => ({
  ...made,
  segments: prompts.map((prompt) => ({ target: prompt, prompt, promptType: 'human', pixels: 1 })),
});

test.each<[string, ResultSummary, string | undefined]>([
  ['several structures', { ...asked('left lung', 'heart'), words: 'left lung; heart' }, 'left lung; heart'],
  ['another language', { ...asked('left lung'), words: 'linke Lunge' }, 'linke Lunge'],
  ['an event from before the words were kept', asked('left lung', 'heart'), 'left lung'],
  ['the catalogue’s prompts', made, undefined],
])('a result of %s is made again by the words of its key', async (_, result, prompt) => {
  const jobs: Job[] = [];
  const events: JobEvent[] = [];
  const queue = {
    jobs: {
      enqueue: async (more: readonly Job[]) => void jobs.push(...more),
      consume: async () => undefined,
      deadLetters: async () => [],
      replay: async () => false,
    },
    events: {
      append: async (event: JobEvent) => void events.push(event),
      read: async function* () {},
      newest: async () => new Map(),
    },
  };
  const sopInstanceUIDs = [parseUid<SOPInstanceUID>('2.25.1', 'instance')];
  const event = { ...sampleEvent(1, { kind: 'stored', sopInstanceUIDs, result }), matrix: '4x5' as const };
  // As a log gives it back: what the schema does not know is lost there.
  const read = parseJobEvent(JSON.stringify(event));
  expect(await remakeResult(queue, read, () => new Date('2026-01-01'))).toBe(true);
  expect(jobs.map((job) => [job.key, job.matrix, job.prompt])).toEqual([[event.key, '4x5', prompt]]);
  expect(events.map(({ state }) => state)).toMatchObject([{ kind: 'queued', ...(prompt && { prompt }) }]);
});
