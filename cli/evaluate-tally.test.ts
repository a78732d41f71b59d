import { describe, expect, test } from 'vitest';
import type { Case } from './evaluate-cases.ts';
import type { CaseRecord } from './evaluate-record.ts';
import { Tally } from './evaluate-tally.ts';

const COUNT = 80;

/** Images of four patients: of each patient all masks are as good. */
function intervalOf(options: {
  readonly group?: (index: number) => string;
  readonly image: (index: number) => string;
}) {
  const tally = new Tally();
  for (let index = 0; index < COUNT; index++) {
    const one: Case = {
      image: `${index}.png`,
      target: 'heart',
      dataset: 'set',
      imagePath: `/${index}.png`,
      maskPath: `/${index}.mask.png`,
      attributesPath: undefined,
      ...(options.group && { group: options.group(index) }),
    };
    const scores = { dice: 0.3 + 0.2 * (index % 4), iou: 0.5, hd95: 1, nsd: 1 };
    const answer = { model: 'auto', promptType: 'own', predictedDice: null, outcome: 'stored', chosen: 'a' } as const;
    const record: CaseRecord = {
      key: `${index}`,
      image: options.image(index),
      rows: [{ ...answer, ...scores }],
      comparisons: [],
    };
    tally.add(one, record);
  }
  const [row] = tally.rows();
  return { n: row?.n, dice: row?.dice, low: row?.diceLow, high: row?.diceHigh };
}

describe('intervals of a report', () => {
  const own = intervalOf({ image: (index) => `digest ${index}` });
  const patient = (index: number) => `patient ${index % 4}`;

  test.each([
    ['the group', intervalOf({ group: patient, image: (index) => `digest ${index}` })],
    ['the image, where no group is named', intervalOf({ image: patient })],
  ])('are of resamples of %s', (_, { n, dice, low = 0, high = 0 }) => {
    expect({ n, dice }).toEqual({ n: COUNT, dice: 0.6 });
    // Four equal groups of means 0.3 … 0.9: a mean as low or high as 0.4 or 0.8 is drawn again by more than one in forty.
    expect(low).toBeLessThanOrEqual(0.4);
    expect(high).toBeGreaterThanOrEqual(0.8);
    expect(high - low).toBeGreaterThan(2 * ((own.high ?? 1) - (own.low ?? 0)));
  });
});
