import { items, type KeywordValues, numbers } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { sourceOf, WINDOW, written } from './example-state.ts';

describe('a presentation state', () => {
  test.each<[string, KeywordValues, string, number[]]>([
    [
      'a size',
      { PixelSpacing: ['0.4', '0.2'], PixelSpacingCalibrationType: 'GEOMETRY' },
      'PresentationPixelSpacing',
      [0.4, 0.2],
    ],
    ['a shape', { PixelAspectRatio: ['3', '4'] }, 'PresentationPixelAspectRatio', [750, 1000]],
    ['neither', {}, 'PresentationPixelAspectRatio', [1, 1]],
  ])('shows the whole image, whose pixels have %s', async (_, values, keyword, wanted) => {
    const [area = {}, ...others] = items(
      await written(sourceOf({ ...WINDOW, ...values }), [[0]]),
      'DisplayedAreaSelectionSequence',
    );
    expect(others).toEqual([]);
    expect(numbers(area, 'DisplayedAreaTopLeftHandCorner')).toEqual([1, 1]);
    expect(numbers(area, 'DisplayedAreaBottomRightHandCorner')).toEqual([5, 3]);
    expect(numbers(area, keyword)).toEqual(wanted);
  });
});
