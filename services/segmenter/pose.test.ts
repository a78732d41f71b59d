import { describe, expect, test } from 'vitest';
import { holds, type Pose, posedImage, posesOf, unposedLogits } from './pose.ts';

const image = { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
const logits = { width: 3, height: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const MIRRORED: Pose = { mirrored: true, turned: false };
const TURNED: Pose = { mirrored: false, turned: true };
const UPSIDE_DOWN: Pose = { mirrored: true, turned: true };

describe.each<[string, Pose, number[], number[]]>([
  ['mirrored', MIRRORED, [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9], [3, 2, 1, 6, 5, 4]],
  ['turned', TURNED, [10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3], [6, 5, 4, 3, 2, 1]],
  ['mirrored and turned', UPSIDE_DOWN, [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6], [4, 5, 6, 1, 2, 3]],
])('%s', (_, pose, pixels, answers) => {
  test('an image has its pixels in other places, colours as they were', () => {
    expect([...posedImage(image, pose).data]).toEqual(pixels);
    expect(image.data[0]).toBe(1);
  });

  test('twice is the image again', () => {
    expect(posedImage(posedImage(image, pose), pose)).toEqual(image);
  });

  test('logits come back to the places of the image', () => {
    expect([...unposedLogits(logits, pose).data]).toEqual(answers);
    expect(logits.data[0]).toBe(1);
  });
});

test.each<[string, Partial<Pose> | undefined, Pose[]]>([
  ['an unknown family', undefined, []],
  ['one that allows nothing', { mirrored: false, turned: false }, []],
  ['one that may be mirrored', { mirrored: true }, [MIRRORED]],
  ['one that may be turned', { turned: true }, [TURNED]],
  ['one that may be both', { mirrored: true, turned: true }, [MIRRORED, TURNED, UPSIDE_DOWN]],
])('poses of %s', (_, family, expected) => {
  expect(posesOf(family)).toEqual(expected);
});

test.each<[string, Pose, boolean]>([
  ['one small polyp, in the top left of the image', MIRRORED, false],
  ['one small polyp, in the top left of the image', TURNED, false],
  ['one small polyp, in the top left of the image', UPSIDE_DOWN, false],
  ['Right lung', MIRRORED, false],
  ['Right lung', TURNED, false],
  ['Right lung', UPSIDE_DOWN, true],
  ['polyp at the bottom', MIRRORED, true],
  ['polyp at the bottom', UPSIDE_DOWN, false],
  ['upper lobe', MIRRORED, true],
  ['upper lobe', TURNED, false],
  ['Lower lobe', UPSIDE_DOWN, false],
  ['at the top', TURNED, false],
  ['polyp', TURNED, true],
  ['a bright lesion', MIRRORED, true],
])('%s, %o: holds %s', (words, pose, expected) => {
  expect(holds(words, pose)).toBe(expected);
});
