import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JobKeyParts, jobKey } from './job-key.ts';

const parts: fc.Arbitrary<JobKeyParts> = fc.record(
  {
    sources: fc.uniqueArray(fc.string(), { maxLength: 6 }),
    task: fc.string(),
    matrix: fc.constantFrom('4x5', '5x4'),
    bundles: fc.array(fc.string(), { maxLength: 3 }),
    prompt: fc.string({ unit: 'binary' }),
    resultVersion: fc.string(),
  },
  { requiredKeys: ['sources', 'task', 'bundles', 'resultVersion'] },
);

describe('job key', () => {
  test('is 64 hexadecimal digits, the same for ever', () => {
    // A change of this value makes every study be segmented again: it must be wanted.
    expect(jobKey({ sources: ['1.2.2', '1.2.10'], task: 'polyp', bundles: ['b'], resultVersion: '1' })).toBe(
      '8d7034f09635d692a2e1aac0573cd44180f47503055530e9821c25ba7e78117a',
    );
  });

  test('does not depend on the order or repetition of the sources', () => {
    fc.assert(
      fc.property(parts, fc.func(fc.integer()), (some, weight) => {
        const shuffled = [...some.sources, ...some.sources].sort((a, b) => weight(a) - weight(b));
        expect(jobKey({ ...some, sources: shuffled })).toBe(jobKey(some));
      }),
    );
  });

  test('changes with everything else', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const form = ({ sources, task, matrix, bundles, prompt, resultVersion }: JobKeyParts) =>
          JSON.stringify([[...sources].sort(), task, matrix ?? null, bundles, prompt ?? null, resultVersion]);
        expect(jobKey(one) === jobKey(other)).toBe(form(one) === form(other));
      }),
    );
  });

  const base: JobKeyParts = { sources: ['1', '2'], task: 't', bundles: ['a', 'b'], prompt: 'p', resultVersion: '1' };
  const { prompt: _, ...withoutPrompt } = base;
  test.each<[string, JobKeyParts]>([
    ['a source more', { ...base, sources: ['1', '2', '3'] }],
    ['a source less', { ...base, sources: ['1'] }],
    ['another task', { ...base, task: 'T' }],
    ['the order of the bundles', { ...base, bundles: ['b', 'a'] }],
    ['bundles that read the same when joined', { ...base, bundles: ['a,b'] }],
    ['other words', { ...base, prompt: 'p ' }],
    ['no words', withoutPrompt],
    ['empty words', { ...base, prompt: '' }],
    ['another version', { ...base, resultVersion: '2' }],
  ])('%s gives another key', (_title, changed) => {
    expect(jobKey(changed)).not.toBe(jobKey(base));
  });
});
