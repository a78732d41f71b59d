import { gunzipSync } from 'node:zlib';
import { datasetOf, type Instance, type KeywordValues, parseUid } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { describe, expect, test } from 'vitest';
import { maskNifti } from './mask-nifti.ts';
import { parseNifti } from './nifti-volume.ts';

const AXIAL = [1, 0, 0, 0, 1, 0];

/** Slices of 3 × 4 pixels: headers only. */
function sourceOf(slices: readonly KeywordValues[]): SourceImage {
  return assembleSource(
    slices.map((values, index): Instance => {
      const sop = `1.2.3.4.${index + 1}`;
      return {
        dataset: datasetOf({
          SOPInstanceUID: sop,
          Modality: 'CT',
          InstanceNumber: index + 1,
          FrameOfReferenceUID: '1.2.3.9',
          Rows: 3,
          Columns: 4,
          ImageOrientationPatient: AXIAL,
          PixelSpacing: [2, 3],
          ...values,
        }),
        transferSyntaxUID: '1.2.840.10008.1.2.1',
        sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
        studyInstanceUID: parseUid('1.2.3', 'StudyInstanceUID'),
        seriesInstanceUID: parseUid('1.2.3.4', 'SeriesInstanceUID'),
        sopInstanceUID: parseUid(sop, 'SOPInstanceUID'),
      };
    }),
  );
}
/** An enhanced object whose frames lie and are turned so. */
function enhanced(planes: readonly (readonly [position: readonly number[], orientation: readonly number[]])[]) {
  return sourceOf([
    {
      NumberOfFrames: planes.length,
      ImageOrientationPatient: [],
      SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: [2, 3] }] }],
      PerFrameFunctionalGroupsSequence: planes.map(([ImagePositionPatient, ImageOrientationPatient]) => ({
        PlanePositionSequence: [{ ImagePositionPatient }],
        PlaneOrientationSequence: [{ ImageOrientationPatient }],
      })),
    },
  ]);
}
const at = (...places: readonly number[]) => places.map((z) => ({ ImagePositionPatient: [10, 20, z] }));

function affineOf(source: SourceImage) {
  const { rows, columns, frames } = source;
  const mask = { rows, columns, frames: frames.length, data: new Uint8Array(rows * columns * frames.length) };
  const bytes = maskNifti(mask, source);
  expect(gunzipSync(bytes)).toHaveLength(352 + mask.data.length);
  return parseNifti(bytes, 'mask.nii.gz').affine?.map((row) => row.map((value) => Number(value.toFixed(4))));
}

describe('a NIfTI says where each pixel lies', () => {
  const grid = (step: number) => [
    [-3, 0, 0, -10],
    [0, -2, 0, -20],
    [0, 0, step, 0],
  ];
  test.each<[string, SourceImage, number[][]]>([
    ['even slices', sourceOf(at(0, 5, 10)), grid(5)],
    ['slices that are even but for rounding', sourceOf(at(0, 5.04, 10)), grid(5)],
    ['one slice, by its thickness', sourceOf([{ ...at(0)[0], SliceThickness: 7 }]), grid(7)],
    [
      'a tilted stack',
      sourceOf([0, 1, 2].map((k) => ({ ImagePositionPatient: [10, 20 + k, 5 * k] }))),
      [
        [-3, 0, 0, -10],
        [0, -2, -1, -20],
        [0, 0, 5, 0],
      ],
    ],
    [
      'a radiograph, which lies nowhere',
      sourceOf([{ Modality: 'CR', ImageOrientationPatient: [] }]),
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    ],
  ])('%s', (_, source, expected) => {
    expect(affineOf(source)).toEqual(expected);
  });
});

describe('a NIfTI is refused where it would lie', () => {
  const axial = (z: number) => [[0, 0, z], AXIAL] as const;
  test.each<[string, SourceImage, RegExp]>([
    ['uneven slices', sourceOf(at(0, 5, 15)), /frames that lie up to 2\.5 mm beside an even grid/],
    ['interleaved frames', enhanced([0, 4, 2, 6].map(axial)), /frames that lie up to .* mm beside an even grid/],
    ['several times of a plane', enhanced([0, 2, 0, 2].map(axial)), /frames that lie up to .* mm beside an even grid/],
    ['one plane many times', enhanced([0, 0, 0].map(axial)), /frames of one place/],
    [
      'planes turned against each other',
      enhanced([
        axial(0),
        [
          [0, 0, 2],
          [1, 0, 0, 0, 0, -1],
        ],
      ]),
      /frames that lie up to .* mm beside an even grid/,
    ],
    [
      'images in two frames of reference',
      sourceOf(at(0, 5).map((plane, k) => ({ ...plane, Modality: 'MG', FrameOfReferenceUID: `1.2.3.${k}` }))),
      /images in several frames of reference/,
    ],
  ])('%s', (_, source, message) => {
    expect(() => affineOf(source)).toThrow(
      expect.objectContaining({
        code: 'GEOMETRY_INVALID',
        message: expect.stringMatching(new RegExp(`^NIfTI cannot hold ${message.source}; use --format seg$`)),
      }),
    );
  });
});
