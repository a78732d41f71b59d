import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { eventOf } from './job-for.ts';
import {
  type deadLetterSchema,
  type jobEventSchema,
  type jobSchema,
  jobStateKindSchema,
  parseDeadLetter,
  parseJob,
  parseJobEvent,
  parseStudyNotice,
  type studyNoticeSchema,
} from './messages.ts';
import type { DeadLetter, Job, JobEvent, JobState, StudyNotice } from './queue.ts';
import { sampleEvent, sampleJob, sampleNotice } from './sample.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('messages', () => {
  test('the schemas are the types of the port', () => {
    expectTypeOf<z.infer<typeof jobSchema>>().toEqualTypeOf<Job>();
    expectTypeOf<z.infer<typeof studyNoticeSchema>>().toEqualTypeOf<StudyNotice>();
    expectTypeOf<z.infer<typeof jobEventSchema>>().toEqualTypeOf<JobEvent>();
    expectTypeOf<z.infer<typeof deadLetterSchema>>().toEqualTypeOf<DeadLetter>();
    expectTypeOf<z.infer<typeof jobStateKindSchema>>().toEqualTypeOf<JobState['kind']>();
  });

  const result = {
    segments: [{ target: 'polyp', prompt: 'one polyp', promptType: 'P2', pixels: 12 }],
    model: null,
    reason: 'neither model is fit',
    assessment: { family: 'polyp', percentile: 99.5, distance: null, gate: ['modality'] },
    attributes: [{ name: 'size', value: 'small', source: 'mask', origin: 'first pass' }],
    warnings: [],
  };
  const states: JobState[] = [
    { kind: 'queued', lane: 'stat' },
    { kind: 'queued', lane: 'interactive', prompt: 'zwei Polypen – groß' },
    { kind: 'running' },
    { kind: 'stored', sopInstanceUIDs: [], result },
    { kind: 'needs-person', result },
    { kind: 'needs-person', result: { ...result, words: 'linke Lunge; Herz', madeAt: '2026-01-02T03:04:05.678Z' } },
    { kind: 'failed', code: 'NO_PIXEL_DATA', reason: 'none' },
  ];
  const letter: DeadLetter = {
    schema: 'maskwright.dead-letter/1',
    job: sampleJob(1),
    code: 'X',
    reason: 'y',
    at: '2026-01-02T03:04:05.678Z',
  };
  const whole: [string, (message: Uint8Array | string) => unknown, unknown][] = [
    ['job', parseJob, { ...sampleJob(1), prompt: 'one polyp', traceparent: 'anything' }],
    ['job of one size', parseJob, { ...sampleJob(1), matrix: '1024x768' }],
    [
      'event of one size',
      parseJobEvent,
      eventOf({ ...sampleJob(1), matrix: '1024x768' }, { kind: 'running' }, new Date(0)),
    ],
    ['notice', parseStudyNotice, sampleNotice(1)],
    ['dead letter', parseDeadLetter, letter],
    ...states.map((state): (typeof whole)[number] => [`event ${state.kind}`, parseJobEvent, sampleEvent(1, state)]),
  ];
  test.each(whole)('a %s comes back as it was, from bytes and from text', (_title, parse, message) => {
    expect(parse(bytes(message))).toEqual(message);
    expect(parse(JSON.stringify(message))).toEqual(message);
  });

  test.each(states)('$kind is a kind of state', ({ kind }) => {
    expect(jobStateKindSchema.parse(kind)).toBe(kind);
    expect(jobStateKindSchema.safeParse(`${kind}?`).success).toBe(false);
  });

  test('what a newer producer adds within a version is left out', () => {
    expect(parseStudyNotice(bytes({ ...sampleNotice(1), patientName: 'Doe^Jane' }))).toEqual(sampleNotice(1));
  });

  const broken: [string, (message: Uint8Array | string) => unknown, Uint8Array | string, string][] = [
    ['an unknown version', parseJob, bytes({ ...sampleJob(1), schema: 'maskwright.job/2' }), 'schema: '],
    ['another message', parseJob, bytes(sampleNotice(1)), 'schema: '],
    [
      'a study that is no UID',
      parseStudyNotice,
      bytes({ ...sampleNotice(1), study: 'Doe^Jane' }),
      'study: expected a UID',
    ],
    ['a long UID', parseStudyNotice, bytes({ ...sampleNotice(1), study: '1'.repeat(65) }), 'study: '],
    ['a key that is none', parseJob, bytes({ ...sampleJob(1), key: 'Doe^Jane' }), 'key: expected 64'],
    ['an unknown lane', parseJob, bytes({ ...sampleJob(1), lane: 'Doe^Jane' }), 'lane: '],
    ...['0x5', '5x0', '4x', '4x5.5', '4x5x6', 'Doe^Jane'].map((matrix): (typeof broken)[number] => [
      `a matrix that is none: ${matrix}`,
      parseJob,
      bytes({ ...sampleJob(1), matrix }),
      'matrix: ',
    ]),
    ['an empty prompt', parseJob, bytes({ ...sampleJob(1), prompt: '' }), 'prompt: '],
    ...['Jane Doe', 'x'.repeat(65), '', 'polyp\n'].map((task): (typeof broken)[number] => [
      `a task that is no id: ${JSON.stringify(task)}`,
      parseJob,
      bytes({ ...sampleJob(1), task }),
      'task: expected the id of a task',
    ]),
    ['a fault deep inside', parseDeadLetter, bytes({ ...letter, job: { ...letter.job, task: 7 } }), 'job.task: '],
    [
      'an unknown state',
      parseJobEvent,
      bytes({ ...sampleEvent(1, { kind: 'running' }), state: { kind: 'x' } }),
      'state.kind: ',
    ],
    ['a date that is none', parseJobEvent, bytes({ ...sampleEvent(1, { kind: 'running' }), at: 'now' }), 'at: '],
    ['no object', parseJob, 'null', 'message: '],
    ['no JSON', parseJob, 'Doe^Jane', 'message: expected JSON'],
    ['nothing', parseJob, '', 'message: expected JSON'],
    ['no UTF-8', parseJob, new Uint8Array([0x22, 0xff, 0x22]), 'message: expected JSON'],
  ];
  test.each(broken)('%s is refused, naming the field and not the value', (_title, parse, message, field) => {
    const refused = expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining(field) });
    expect(() => parse(message)).toThrow(refused);
    expect(() => parse(message)).not.toThrow(/Jane/);
  });
});
