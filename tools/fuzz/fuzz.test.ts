import { describe, expect, test } from 'vitest';
import { corpusFiles, read } from './corpus.ts';
import { BOUND_MIB, fuzz } from './fuzz.ts';
import { inputOf } from './input.ts';
import { MUTATIONS } from './mutations.ts';
import { randomOf } from './random.ts';

const SECONDS = 20;

test(
  `${SECONDS} seconds of changed files and bombs end in results or named errors, in time and memory`,
  async () => {
    const report = await fuzz({ seed: 1, milliseconds: SECONDS * 1000, inputs: 2_000, onFault: () => undefined });
    expect(report.faults).toEqual([]);
    expect(report.inputs).toBeGreaterThan(20);
    expect(report.peakMiB.target).toBeLessThan(BOUND_MIB.target);
    expect(report.peakMiB.decoder).toBeLessThan(BOUND_MIB.decoder);
  },
  (SECONDS + 90) * 1000,
);

describe('inputs', () => {
  const corpus = corpusFiles().slice(0, 5);

  test('a seed makes the same input again', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const [one, again] = [inputOf(seed, corpus), inputOf(seed, corpus)];
      expect(one.made).toBe(again.made);
      expect(Buffer.compare(one.bytes, again.bytes)).toBe(0);
    }
  });

  test.each(Object.entries(MUTATIONS))('%s leaves its input as it was', (_, mutate) => {
    const bytes = read(corpus[0] ?? '').slice(0, 20_000);
    const before = Uint8Array.from(bytes);
    for (let seed = 0; seed < 20; seed += 1) mutate(bytes, randomOf(seed), bytes);
    expect(Buffer.compare(bytes, before)).toBe(0);
  });
});
