import { describe, expect, test } from 'vitest';
import { mirroredImage, mirroredLogits, namesSide } from './mirror.ts';

const image = { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
const logits = { width: 3, height: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) };

describe('the mirror image', () => {
  test('has each row in the other order, colours as they were', () => {
    expect([...mirroredImage(image).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  });

  test('leaves the image itself as it was, and twice is the image again', () => {
    expect(mirroredImage(mirroredImage(image))).toEqual(image);
    expect(image.data[0]).toBe(1);
  });

  test('gives logits back in the columns of the image', () => {
    expect([...mirroredLogits(logits).data]).toEqual([3, 2, 1, 6, 5, 4]);
    expect(logits.data[0]).toBe(1);
  });

  test.each([
    ['one small polyp, in the top left of the image', true],
    ['Right lung', true],
    ['polyp', false],
    ['a bright lesion', false],
  ])('%s: names a side %s', (words, expected) => {
    expect(namesSide(words)).toBe(expected);
  });
});
