import { type Instance, type KeywordValues, parsePart10, writePart10 } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { frameOf, isAcceptable } from './frames.ts';

const RLE = '1.2.840.10008.1.2.5';

function image(values: KeywordValues): Instance {
  return parsePart10(
    writePart10({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      SOPInstanceUID: '1.3',
      StudyInstanceUID: '1.1',
      SeriesInstanceUID: '1.2',
      SamplesPerPixel: 1,
      ...values,
    }),
  );
}
const compressed: Instance = {
  ...image({ NumberOfFrames: 2 }),
  transferSyntaxUID: RLE,
  pixelData: [Uint8Array.of(1), Uint8Array.of(2)],
};
const bytes = (instance: Instance, frame: number) => {
  const part = frameOf(instance, frame);
  return part && [...part.body];
};

describe('native frames', () => {
  test('of whole bytes, without the padding of the element', () => {
    const odd = image({
      Rows: 1,
      Columns: 3,
      BitsAllocated: 8,
      NumberOfFrames: 3,
      PixelData: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0),
    });
    expect([1, 2, 3].map((frame) => bytes(odd, frame))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  test('of single bits that begin within a byte', () => {
    const bits = image({
      Rows: 1,
      Columns: 3,
      BitsAllocated: 1,
      NumberOfFrames: 3,
      PixelData: Uint8Array.of(0b11_010_101, 0b0),
    });
    expect([1, 2, 3].map((frame) => bytes(bits, frame))).toEqual([[0b101], [0b010], [0b011]]);
  });

  test('of fewer bytes than the description says (4:2:2) in equal shares', () => {
    const halved = image({
      Rows: 1,
      Columns: 2,
      SamplesPerPixel: 3,
      BitsAllocated: 8,
      NumberOfFrames: 2,
      PixelData: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    });
    expect(bytes(halved, 2)).toEqual([5, 6, 7, 8]);
  });

  test.each([0, 4, -1, 1.5, Number.NaN])('there is no frame %d', (frame) => {
    const three = image({
      Rows: 1,
      Columns: 1,
      BitsAllocated: 8,
      NumberOfFrames: 3,
      PixelData: Uint8Array.of(1, 2, 3, 0),
    });
    expect(frameOf(three, frame)).toBeUndefined();
  });
});

describe('compressed frames', () => {
  test('come as they are, with their media type', () => {
    expect(frameOf(compressed, 2)).toEqual({
      type: `image/dicom-rle; transfer-syntax=${RLE}`,
      body: Uint8Array.of(2),
    });
  });

  test.each([
    [undefined, true],
    ['*/*', true],
    ['multipart/related; type="image/dicom-rle"', true],
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', true],
    [`multipart/related; type="application/octet-stream"; transfer-syntax=${RLE}`, true],
    ['multipart/related; type="application/octet-stream"', false],
    ['multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1', false],
  ])('Accept: %s → %s', (accept, expected) => expect(isAcceptable(accept, compressed)).toBe(expected));
});
