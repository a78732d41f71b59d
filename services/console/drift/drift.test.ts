import { tenthsOf } from '@maskwright/assess';
import type { JobEvent, JobState, ResultSummary } from '@maskwright/queue';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event, summary } from '../sample.ts';
import { Drift, LEAST_RESULTS, WINDOW } from './drift.ts';

const provenance = { bundle: 'vlsm', version: '1', modality: 'CR', device: 'DR-X', site: 'north' };
type Change = {
  readonly at?: Partial<typeof provenance>;
  readonly percentile?: number | null;
  readonly percentileShares?: readonly number[];
  readonly predictedDice?: number;
  readonly promptType?: string;
};
const resultOf = ({
  at,
  percentile = 50,
  percentileShares,
  predictedDice,
  promptType = 'P2',
}: Change): ResultSummary => ({
  ...summary,
  segments: [{ target: 'heart', prompt: 'heart', promptType, pixels: 4 }],
  assessment: {
    family: 'chest-xray',
    percentile,
    distance: 3,
    gate: [],
    ...(percentileShares && { percentileShares }),
    ...(predictedDice === undefined ? {} : { predictedDice }),
  },
  provenance: { ...provenance, ...at },
});
const stored = (index: number, change: Change = {}): JobEvent =>
  event(index, { kind: 'stored', sopInstanceUIDs: [], result: resultOf(change) }, index);
const needsPerson = (index: number, change: Change = {}): JobEvent =>
  event(index, { kind: 'needs-person', result: resultOf(change) }, index);
const superseded = (index: number): JobEvent => {
  const state: JobState = { kind: 'superseded', by: event(index + 1, { kind: 'running' }, 0).key };
  return event(index, state, index);
};
/** Stored, as the log says it since it tells when a result was made. */
const made = (index: number, change: Change = {}): JobEvent => {
  const { at, state } = stored(index, change);
  return event(index, state.kind === 'stored' ? { ...state, result: { ...state.result, madeAt: at } } : state, index);
};
/** What intake says of a stored result, much later. */
const deleted = ({ state, ...before }: JobEvent): JobEvent => {
  const at = new Date(Date.parse(before.at) + 1e9).toISOString();
  return { ...before, at, state: state.kind === 'stored' ? { ...state, deleted: { at, sopInstanceUIDs: [] } } : state };
};
const compacted = (log: readonly JobEvent[]) =>
  log.filter(({ key }, place) => !log.slice(place + 1).some((later) => later.key === key));
const driftOf = (events: Iterable<JobEvent>, most = WINDOW): Drift => {
  const drift = new Drift(most);
  for (const one of events) drift.apply(one);
  return drift;
};
const range = (length: number) => Array.from({ length }, (_, index) => index);
/** A chance number of 0–1, always the same one for an index. */
const chance = (index: number) => ((Math.imul(index + 1, 2_654_435_761) >>> 0) % 100_003) / 100_003;
const indexOf = (percentile: (index: number) => number) =>
  driftOf(range(WINDOW).map((index) => stored(index, { percentile: percentile(index) }))).groups()[0]?.index;

describe('drift', () => {
  test('of images like the card’s is small, of others large', () => {
    expect(indexOf((index) => 100 * chance(index))).toBeLessThan(0.1);
    expect(indexOf((index) => 100 * chance(index) ** 0.7)).toBeGreaterThan(0.1);
    expect(indexOf((index) => 100 * chance(index) ** 0.3)).toBeGreaterThan(0.25);
    expect(indexOf((index) => 60 * chance(index))).toBeGreaterThan(0.25);
  });

  test('of series whose frames are like the card’s is small, though their medians lie together', () => {
    const frames = 15;
    const series = range(WINDOW).map((index) => range(frames).map((frame) => 100 * chance(index * frames + frame)));
    const medians = series.map((percentiles) => percentiles.toSorted((a, b) => a - b)[7] ?? 0);
    expect(indexOf((index) => medians[index] ?? 0)).toBeGreaterThan(0.25);
    const drift = driftOf(
      series.map((percentiles, index) => {
        const percentileShares = tenthsOf(percentiles).map((count) => count / frames);
        return stored(index, { percentile: medians[index] ?? 0, percentileShares });
      }),
    );
    expect(drift.groups()).toMatchObject([{ results: WINDOW }]);
    expect(drift.groups()[0]?.index).toBeLessThan(0.02);
  });

  test('has no index before there is enough to tell it from chance', () => {
    const events = range(LEAST_RESULTS).map((index) => stored(index, { percentile: index }));
    expect(driftOf(events.slice(1)).groups()).toMatchObject([{ results: LEAST_RESULTS - 1, index: null }]);
    expect(driftOf(events).groups()).toMatchObject([{ results: LEAST_RESULTS, index: 0 }]);
  });

  test.each<[string, Partial<typeof provenance>]>([
    ['site', { site: 'south' }],
    ['modality', { modality: 'DX' }],
    ['device model', { device: 'DR-Y' }],
    ['bundle', { bundle: 'other' }],
    ['version of the bundle', { version: '2' }],
  ])('is told apart by %s', (_, at) => {
    const groups = driftOf([stored(1), stored(2, { at }), stored(3)]).groups();
    expect(groups.map(({ labels, results }) => ({ ...labels, results }))).toEqual(
      expect.arrayContaining([
        { ...provenance, family: 'chest-xray', results: 2 },
        { ...provenance, ...at, family: 'chest-xray', results: 1 },
      ]),
    );
    expect(groups).toHaveLength(2);
  });

  test('tells how much is left to persons and what Dice is predicted', () => {
    const events = [
      stored(1, { predictedDice: 0.9 }),
      needsPerson(2, { predictedDice: 0.3, percentile: 100 }),
      stored(3),
    ];
    expect(driftOf(events).groups()).toMatchObject([
      { needsPerson: 1 / 3, predictedDice: 0.6, shares: [0, 0, 0, 0, 0, 2 / 3, 0, 0, 0, 1 / 3] },
    ]);
  });

  test.each<[string, readonly JobEvent[]]>([
    ['a person’s own words', [stored(1, { promptType: 'human' })]],
    ['an image without a distance', [stored(1, { percentile: null })]],
    ['a result that was replaced', [stored(1), superseded(1)]],
    ['a job under way', [event(1, { kind: 'running' }, 1)]],
    ['a result of an earlier version', [event(1, { kind: 'needs-person', result: summary }, 1)]],
  ])('does not count %s', (_, events) => {
    expect(driftOf(events).groups()).toEqual([]);
  });

  test('looks at the newest results only', () => {
    const events = range(WINDOW + 40).map((index) => stored(index, { percentile: index < 40 ? 5 : 95 }));
    expect(driftOf(events).groups()).toMatchObject([{ results: WINDOW, shares: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] }]);
  });

  test('is not changed by results that are deleted in the archive, in the window or long out of it', () => {
    const log = range(2 * WINDOW).map((index) =>
      made(index, { percentile: index < WINDOW ? 95 : 100 * chance(index) }),
    );
    const before = driftOf(log).groups();
    const purged = [...log, ...log.slice(0, WINDOW + 10).map(deleted)];
    expect(driftOf(purged).groups()).toEqual(before);
    expect(rounded(driftOf(compacted(purged)))).toEqual(rounded(driftOf(log)));
  });

  test('does not count again what is deleted of results that do not say when they were made', () => {
    const log = range(WINDOW).map((index) => stored(index, { percentile: 5 }));
    const newer = range(WINDOW).map((index) => stored(WINDOW + index, { percentile: 95 }));
    const purged = [...log, ...newer, ...log.map(deleted)];
    expect(driftOf(purged).groups()).toEqual(driftOf(newer).groups());
    expect(driftOf(compacted(purged)).groups()).toEqual(driftOf(newer).groups());
    expect(driftOf([stored(1), stored(2), deleted(stored(1))]).groups()).toMatchObject([{ results: 1 }]);
  });

  test('keeps its groups where a deletion tells of one that had its time', () => {
    const first = made(0, { at: { version: 'first' } });
    const log = [first, ...range(200).map((index) => made(index + 1, { at: { version: String(index) } }))];
    const before = driftOf(log).groups();
    expect(before.map(({ labels }) => labels.version)).not.toContain('first');
    expect(driftOf([...log, deleted(first)]).groups()).toEqual(before);
  });

  test('with deletions is the same from the compacted log, and from reading it twice, when the window is full too', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100), fc.boolean()), { maxLength: 40 }), (results) => {
        const log = results.map(([percentile], index) => made(index, { percentile }));
        const whole = [...log, ...log.filter((_, index) => results[index]?.[1]).map(deleted)];
        const expected = rounded(driftOf(log, 5));
        for (const one of [whole, compacted(whole), [...whole, ...whole]])
          expect(rounded(driftOf(one, 5))).toEqual(expected);
      }),
    );
  });

  test('is bounded whatever devices call themselves, and drops the groups that are longest without results', () => {
    const named = range(1000).map((index) =>
      stored(index, { at: { device: `device ${index}`, version: String(index % 300) } }),
    );
    const groups = driftOf(named).groups();
    expect(groups.length).toBeLessThanOrEqual(200);
    expect(new Set(groups.map(({ labels }) => labels.device)).size).toBeLessThanOrEqual(51);
    expect(groups.some(({ labels }) => labels.version === '99' && labels.device === 'other')).toBe(true);
  });

  test('is the same from the compacted log as from the whole one, and from reading either twice', () => {
    const change = fc.record({
      index: fc.nat(30),
      site: fc.constantFrom('north', 'south'),
      percentile: fc.double({ min: 0, max: 100, noNaN: true }),
      kind: fc.constantFrom('stored', 'needs-person', 'superseded'),
    });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const log = changes.map(({ index, site, percentile, kind }) => {
          if (kind === 'superseded') return superseded(index);
          return (kind === 'stored' ? stored : needsPerson)(index, { at: { site }, percentile });
        });
        const expected = rounded(driftOf(log));
        expect(rounded(driftOf(compacted(log)))).toEqual(expected);
        expect(rounded(driftOf([...log, ...log]))).toEqual(expected);
      }),
    );
  });
});

/** Sums in another order differ in the last digits. */
function rounded(drift: Drift) {
  return JSON.parse(
    JSON.stringify(drift.groups(), (_, value) => (typeof value === 'number' ? Number(value.toFixed(9)) : value)),
  );
}
