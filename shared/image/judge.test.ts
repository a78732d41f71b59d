import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { judgeImage } from './judge.ts';

const NATIVE = '1.2.840.10008.1.2.1';

function image(more: KeywordValues = {}, pixels = new Uint8Array(32), transferSyntaxUID = NATIVE) {
  const dataset = datasetOf({
    Rows: 4,
    Columns: 4,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [0, 0, 0],
    PixelSpacing: [1, 1],
    ...more,
  });
  return { dataset, transferSyntaxUID, pixelData: [pixels] };
}

/** Of four pixels a side, as far as its frame header. */
function jpeg(marker: number, syntax: string) {
  const codestream = [0xff, 0xd8, 0xff, marker, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xff, 0xd9];
  return image(
    { BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
    Uint8Array.from(codestream),
    `1.2.840.10008.1.2.4.${syntax}`,
  );
}
const rescaled = (RescaleSlope: number) => ({ PixelValueTransformationSequence: [{ RescaleSlope }] });
const palette = (bits: number) =>
  Object.fromEntries(
    ['Red', 'Green', 'Blue'].flatMap((colour) => [
      [`${colour}PaletteColorLookupTableDescriptor`, [4, 0, bits]],
      [`${colour}PaletteColorLookupTableData`, Uint16Array.of(1, 2, 3, 4)],
    ]),
  );

test('a plain image has nothing odd', () => {
  expect(judgeImage(image()).warnings).toEqual([]);
});

describe('what is told', () => {
  test.each<[string, ReturnType<typeof image>, RegExp]>([
    ['more pixel data than declared', image({}, new Uint8Array(40)), /longer than declared: 40 instead of 32/],
    ['a high bit further up', image({ HighBit: 15 }), /HighBit 15 is not BitsStored − 1; the 12 bits up to it count/],
    ['a high bit that no value can have', image({ HighBit: 16 }), /HighBit 16 .*; the low 12 bits count/],
    [
      'a high bit beside a codestream',
      image({ HighBit: 15 }, Uint8Array.of(0xff, 0x4f), '1.2.840.10008.1.2.4.80'),
      /HighBit 15 .*; the low 12 bits count/,
    ],
    ['a spacing of zero', image({ PixelSpacing: [0, 0] }), /PixelSpacing not usable; no measurements/],
    ['a spacing of kilometres', image({ PixelSpacing: [1e9, 1e9] }), /PixelSpacing not usable/],
    ['a negative thickness', image({ SliceThickness: -2 }), /SliceThickness not usable/],
    ['an aspect ratio of zeros', image({ PixelAspectRatio: [0, 0] }), /PixelAspectRatio not usable/],
    ['a window without width', image({ WindowCenter: 40, WindowWidth: 0 }), /WindowCenter or WindowWidth not usable/],
    ['directions that are too long', image({ ImageOrientationPatient: [3, 0, 0, 0, 3, 0] }), /not of unit length/],
    [
      'a missing photometric interpretation',
      image({ PhotometricInterpretation: [] }),
      /PhotometricInterpretation missing/,
    ],
    [
      'a spacing of zero in a functional group',
      image({ SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: [0, 0] }] }] }),
      /PixelSpacing not usable/,
    ],
    [
      'a window without width in the group of a frame',
      image({
        PerFrameFunctionalGroupsSequence: [{ FrameVOILUTSequence: [{ WindowCenter: 40, WindowWidth: 0 }] }],
      }),
      /WindowCenter or WindowWidth not usable/,
    ],
    [
      'a frame without a plane among others',
      image(
        {
          NumberOfFrames: 2,
          ImageOrientationPatient: [],
          ImagePositionPatient: [],
          SharedFunctionalGroupsSequence: [
            { PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }] },
          ],
          PerFrameFunctionalGroupsSequence: [
            { PlanePositionSequence: [{ ImagePositionPatient: [0, 0, 0] }] },
            { PlanePositionSequence: [] },
          ],
        },
        new Uint8Array(64),
      ),
      /1 of 2 frames have no position or orientation/,
    ],
    ['progressive JPEG for baseline JPEG', jpeg(0xc2, '50'), /progressive or lossless JPEG under a transfer syntax/],
    ['lossless JPEG for extended JPEG', jpeg(0xc3, '51'), /progressive or lossless JPEG under a transfer syntax/],
    [
      'groups that are not as many as frames',
      image({ PerFrameFunctionalGroupsSequence: [{ FrameContentSequence: [] }, { FrameContentSequence: [] }] }),
      /PerFrameFunctionalGroupsSequence has 2 items for 1 frames/,
    ],
  ])('%s', (_, source, remark) => {
    expect(judgeImage(source).warnings).toEqual([expect.stringMatching(remark)]);
  });
});

describe('what is refused', () => {
  test.each<[string, ReturnType<typeof image>, string, RegExp]>([
    ['a slope of zero', image({ RescaleSlope: 0 }), 'PIXELS_CORRUPT', /RescaleSlope is 0/],
    ['a slope beyond reason', image({ RescaleSlope: 1e300 }), 'PIXELS_CORRUPT', /RescaleSlope/],
    ['an intercept beyond reason', image({ RescaleIntercept: 1e300 }), 'PIXELS_CORRUPT', /RescaleIntercept/],
    [
      'a slope of zero in the group of any frame',
      image({ NumberOfFrames: 2, PerFrameFunctionalGroupsSequence: [1, 0].map(rescaled) }, new Uint8Array(64)),
      'PIXELS_CORRUPT',
      /RescaleSlope is 0/,
    ],
    [
      'a palette of 99 bits',
      image({ PhotometricInterpretation: 'PALETTE COLOR', ...palette(99) }),
      'PIXELS_CORRUPT',
      /palette of 99 bits/,
    ],
    ['a sign that is neither', image({ PixelRepresentation: 7 }), 'PIXELS_CORRUPT', /PixelRepresentation is 7/],
    ['too few pixels', image({}, new Uint8Array(30)), 'PIXELS_CORRUPT', /shorter than declared: 30 of 32/],
    ['more pixels than memory', image({ Rows: 65_535, Columns: 65_535 }), 'PIXELS_CORRUPT', /image too large/],
    ['video', image({}, undefined, '1.2.840.10008.1.2.4.102'), 'PIXELS_UNSUPPORTED', /not supported: video/],
    ['a private syntax', image({}, undefined, '1.2.3.4'), 'PIXELS_UNSUPPORTED', /not supported: private, 1\.2\.3\.4/],
    ['JPIP', image({}, undefined, '1.2.840.10008.1.2.4.94'), 'PIXELS_UNSUPPORTED', /not supported: JPIP/],
    ['a syntax that is no UID', image({}, undefined, 'JPEG please'), 'PIXELS_UNSUPPORTED', /it is no UID/],
    [
      'a VOI LUT that is cut off',
      image({ VOILUTSequence: [{ LUTDescriptor: [256, 0, 16], LUTData: Uint16Array.of(1, 2) }] }),
      'PIXELS_CORRUPT',
      /LUT shorter than declared/,
    ],
  ])('%s', (_, source, code, message) => {
    expect(() => judgeImage(source)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
