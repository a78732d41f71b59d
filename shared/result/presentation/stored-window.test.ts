import type { DisplayTransform, StatedWindow } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onStoredValues } from './stored-window.ts';

/** PS3.3 C.11.2.1.2 and C.11.2.1.3. */
function shown({ center, width, shape = 'LINEAR' }: StatedWindow, value: number): number {
  if (shape === 'SIGMOID') return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'LINEAR_EXACT') return Math.min(1, Math.max(0, (value - center) / width + 0.5));
  return Math.min(1, Math.max(0, (value - (center - 0.5)) / (width - 1) + 0.5));
}

describe('a window of stored values', () => {
  test('shows them as the rescale and its window do', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: 2, max: 4000 }),
        fc.constantFrom(undefined, 'LINEAR', 'LINEAR_EXACT', 'SIGMOID'),
        fc.integer({ min: 0, max: 65535 }),
        (slope, intercept, center, width, shape, stored) => {
          const voi = { center, width, shape };
          const folded = onStoredValues({ modality: { slope, intercept, type: 'US' }, voi, inverse: true });
          const window = folded?.voi;
          if (!window || 'data' in window) throw new TypeError('no window');
          expect(shown(window, stored)).toBeCloseTo(shown(voi, stored * slope + intercept), 6);
          expect([folded?.modality, folded?.inverse]).toEqual([undefined, true]);
        },
      ),
    );
  });

  const table = { descriptor: [1, 0, 8], data: Uint16Array.of(1) } as const;
  test.each<[string, DisplayTransform]>([
    [
      'a falling rescale',
      { modality: { slope: -1, intercept: 0, type: 'US' }, voi: { center: 1, width: 2 }, inverse: false },
    ],
    ['a modality LUT', { modality: table, voi: { center: 1, width: 2 }, inverse: false }],
    ['a VOI LUT', { modality: { slope: 1, intercept: 0, type: 'US' }, voi: table, inverse: false }],
    ['no window', { modality: { slope: 1, intercept: 0, type: 'US' }, inverse: false }],
  ])('cannot be told of %s', (_, transform) => {
    expect(onStoredValues(transform)).toBeUndefined();
  });
});
