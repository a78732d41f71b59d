import { datasetOf, type Instance, type KeywordValues, parseUid } from '@maskwright/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleSource } from './assemble.ts';

type Three = readonly [number, number, number];

function slice(index: number, more: KeywordValues = {}): Instance {
  const values: KeywordValues = {
    Modality: 'CT',
    Rows: 4,
    Columns: 4,
    InstanceNumber: index + 1,
    FrameOfReferenceUID: '2.25.9',
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [0, 0, index * 2],
    PixelSpacing: [0.5, 0.5],
    ...more,
  };
  return {
    dataset: datasetOf(values),
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
    studyInstanceUID: parseUid('2.25.1', 'StudyInstanceUID'),
    seriesInstanceUID: parseUid('2.25.2', 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(`2.25.3.${index}`, 'SOPInstanceUID'),
  };
}

/** Row, column and normal of a plane turned by three angles. */
function axes([a, b, c]: Three): { row: Three; column: Three; normal: Three } {
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  return {
    row: [ca * cb, sa * cb, -sb],
    column: [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc],
    normal: [ca * sb * cc + sa * sc, sa * sb * cc - ca * sc, cb * cc],
  };
}

test('shuffled slices of any orientation come back in the order of their normal', () => {
  const angle = fc.double({ min: -3, max: 3, noNaN: true });
  const count = 7;
  const order = fc.shuffledSubarray([...Array(count).keys()], { minLength: count });
  fc.assert(
    fc.property(fc.tuple(angle, angle, angle), order, (angles, shuffled) => {
      const { row, column, normal } = axes(angles);
      const slices = shuffled.map((index, at) =>
        slice(index, {
          InstanceNumber: at,
          ImageOrientationPatient: [...row, ...column],
          ImagePositionPatient: normal.map((value) => value * index * 2.5 + 10),
        }),
      );
      const source = assembleSource(slices);
      expect(source.frames.map(({ instance }) => instance.sopInstanceUID)).toEqual(
        [...Array(count).keys()].map((index) => `2.25.3.${index}`),
      );
      expect(source).toMatchObject({ volume: true, multiframe: false });
      const step = (at: number): number => Math.sign((shuffled[at] ?? 0) - (shuffled[at - 1] ?? 0));
      const straight = shuffled.every((_, at) => at === 0 || step(at) === step(1));
      const told = straight ? [] : [expect.stringMatching(/^InstanceNumber does not follow the positions/)];
      expect(source.warnings).toEqual(told);
    }),
    { numRuns: 50 },
  );
});

describe('series that are no one stack', () => {
  const cases: { name: string; slices: Instance[]; message: RegExp }[] = [
    {
      name: 'mixed orientation',
      slices: [slice(0), slice(1, { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] })],
      message: /orientations differ/,
    },
    { name: 'mixed matrix', slices: [slice(0), slice(1, { Rows: 8 })], message: /Rows is 4, 8/ },
    {
      name: 'mixed frame of reference',
      slices: [slice(0), slice(1, { FrameOfReferenceUID: '2.25.8' })],
      message: /FrameOfReferenceUID/,
    },
    {
      name: 'all at one place',
      slices: [slice(0), slice(1, { ImagePositionPatient: [0, 0, 0] })],
      message: /same position/,
    },
    {
      name: 'orientation of zeros',
      slices: [slice(0, { ImageOrientationPatient: [0, 0, 0, 0, 0, 0] })],
      message: /ImageOrientationPatient/,
    },
    { name: 'mixed spacing', slices: [slice(0), slice(1, { PixelSpacing: [0.9, 0.5] })], message: /PixelSpacing/ },
    {
      name: 'orientation that is no right angle',
      slices: [slice(0, { ImageOrientationPatient: [1, 0, 0, 0.5, 0.86, 0] })],
      message: /ImageOrientationPatient/,
    },
    {
      name: 'one turned in its plane',
      slices: [slice(0), slice(1, { ImageOrientationPatient: [0, 1, 0, -1, 0, 0] })],
      message: /orientations differ/,
    },
    {
      name: 'spacing that differs by a fiftieth',
      slices: [slice(0), slice(1, { PixelSpacing: [0.5, 0.51] })],
      message: /PixelSpacing/,
    },
    { name: 'two modalities', slices: [slice(0), slice(1, { Modality: 'PT' })], message: /Modality differs/ },
    {
      name: 'two studies',
      slices: [slice(0), { ...slice(1), studyInstanceUID: parseUid('2.25.7', 'StudyInstanceUID') }],
      message: /StudyInstanceUID differs/,
    },
    { name: 'two patients', slices: [slice(0), slice(1, { PatientID: 'other' })], message: /PatientID differs/ },
    {
      name: 'a position out of this world',
      slices: [slice(0), slice(1, { ImagePositionPatient: [0, 0, 1e9] })],
      message: /ImagePositionPatient/,
    },
    { name: 'some without position', slices: [slice(0), slice(1, { ImagePositionPatient: [] })], message: /position/ },
  ];
  test.each(cases)('$name', ({ slices, message }) => {
    expect(() => assembleSource(slices)).toThrow(
      expect.objectContaining({ code: 'GEOMETRY_INVALID', message: expect.stringMatching(message) }),
    );
  });
});

describe('oddities that are told', () => {
  const cases: { name: string; slices: Instance[]; warning: RegExp; frames: number }[] = [
    { name: 'gap', slices: [0, 1, 2, 5, 6].map((index) => slice(index)), warning: /spacing uneven/, frames: 5 },
    {
      name: 'duplicate',
      slices: [slice(0), slice(1), slice(2, { ImagePositionPatient: [0, 0, 2] })],
      warning: /already taken/,
      frames: 2,
    },
    {
      name: 'duplicate but for rounding',
      slices: [slice(0), slice(1), slice(2, { ImagePositionPatient: [0, 0, 2.005] })],
      warning: /already taken/,
      frames: 2,
    },
    {
      name: 'slices a fiftieth of a millimetre apart',
      slices: [slice(0), slice(1), slice(2, { ImagePositionPatient: [0, 0, 2.02] })],
      warning: /spacing uneven/,
      frames: 3,
    },
    {
      name: 'InstanceNumber to and fro',
      slices: [0, 1, 2, 3].map((index) => slice(index, { InstanceNumber: (index * 3) % 4 })),
      warning: /^InstanceNumber does not follow/,
      frames: 4,
    },
    {
      name: 'tilt',
      slices: [0, 1, 2].map((index) => slice(index, { ImagePositionPatient: [0, index, index * 2] })),
      warning: /tilted by 26\.6 degrees/,
      frames: 3,
    },
  ];
  test.each(cases)('$name', ({ slices, warning, frames }) => {
    const source = assembleSource(slices);
    expect(source.frames).toHaveLength(frames);
    expect(source.warnings).toEqual([expect.stringMatching(warning)]);
  });
});

test('a spacing that differs by rounding is one spacing', () => {
  const source = assembleSource([slice(0), slice(1, { PixelSpacing: [0.504, 0.5] })]);
  expect(source).toMatchObject({ volume: true, warnings: [] });
});

test.each<[string, KeywordValues, boolean, boolean]>([
  ['CT', { Modality: 'CT' }, true, true],
  ['MR', { Modality: 'MR' }, true, true],
  ['PET', { Modality: 'PT' }, true, true],
  ['nuclear medicine', { Modality: 'NM' }, true, true],
  ['radiographs', { Modality: 'CR' }, false, true],
  ['no frame of reference', { FrameOfReferenceUID: [] }, false, false],
])('images of $0: whether slices are a volume is $2, frames of one object $3', (_, values, slices, frames) => {
  expect(assembleSource([slice(0, values), slice(1, values)]).volume).toBe(slices);
  expect(assembleSource([enhanced([[0], [2]], values)]).volume).toBe(frames);
});

/** An enhanced object: a plane and a stack for each frame. */
function enhanced(places: readonly (readonly [z: number, stackID?: string])[], more: KeywordValues = {}): Instance {
  return slice(0, {
    NumberOfFrames: places.length,
    ImageOrientationPatient: [],
    ImagePositionPatient: [],
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
        PixelMeasuresSequence: [{ PixelSpacing: [0.7, 0.8], SliceThickness: 2 }],
      },
    ],
    PerFrameFunctionalGroupsSequence: places.map(([z, StackID = '1']) => ({
      FrameContentSequence: [{ StackID }],
      PlanePositionSequence: [{ ImagePositionPatient: [0, 0, z] }],
    })),
    ...more,
  });
}

describe('an enhanced object', () => {
  test.each<[string, readonly (readonly [number, string?])[], boolean, RegExp[]]>([
    ['of even slices is a volume', [[0], [2], [4], [6]], true, []],
    ['stored backwards is a volume', [[6], [4], [2], [0]], true, []],
    ['stored interleaved is a volume', [[0], [4], [2], [6]], true, []],
    ['of several times is a volume', [[0], [2], [4], [0], [2], [4]], true, []],
    ['of which slices are missing says so', [[0], [2], [4], [20], [22]], true, [/^slice spacing uneven \(1 of 4/]],
    ['of slices far apart says so', [[0], [9], [18]], true, [/^slices of 2 mm are 9\.00 mm apart/]],
    ['of two stacks is no volume', [[0], [2], [56, '2'], [58, '2']], false, [/^the frames are 2 stacks/]],
  ])('%s', (_, places, volume, warnings) => {
    const source = assembleSource([enhanced(places)]);
    expect(source.volume).toBe(volume);
    expect(source.warnings).toEqual(warnings.map((one) => expect.stringMatching(one)));
    expect(source.frames.map(({ geometry }) => geometry?.imagePositionPatient[2])).toEqual(places.map(([z]) => z));
  });
});

describe('images whose planes cannot be told together say so', () => {
  test.each<[string, Instance[], RegExp]>([
    [
      'PixelSpacing missing on one slice',
      [slice(0), slice(1, { PixelSpacing: [] }), slice(2)],
      /^PixelSpacing is missing on 1 of 3 frames: masks get planes of their own/,
    ],
    ['PixelSpacing missing on all', [slice(0, { PixelSpacing: [] })], /^PixelSpacing is missing on 1 of 1/],
    [
      'mammograms in two frames of reference',
      [slice(0, { Modality: 'MG' }), slice(1, { Modality: 'MG', FrameOfReferenceUID: '2.25.8' })],
      /^FrameOfReferenceUID differs within the series: masks get planes of their own/,
    ],
  ])('%s', (_, images, warning) => {
    expect(assembleSource(images).warnings).toEqual([expect.stringMatching(warning)]);
  });
});

test('an enhanced object keeps its order and has its planes from functional groups', () => {
  const planes = [4, 0, 2].map((z) => ({ PlanePositionSequence: [{ ImagePositionPatient: [0, 0, z] }] }));
  const shared = {
    PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
    PixelMeasuresSequence: [{ PixelSpacing: [0.7, 0.8], SliceThickness: 2 }],
  };
  const source = assembleSource([
    slice(0, {
      NumberOfFrames: 3,
      ImageOrientationPatient: [],
      ImagePositionPatient: [],
      SharedFunctionalGroupsSequence: [shared],
      PerFrameFunctionalGroupsSequence: planes,
    }),
  ]);
  expect(source).toMatchObject({ multiframe: true, volume: true });
  expect(source.frames.map(({ geometry }) => geometry?.imagePositionPatient[2])).toEqual([4, 0, 2]);
  expect(source.frames[1]).toMatchObject({ frameNumber: 2, geometry: { pixelSpacing: [0.7, 0.8], sliceThickness: 2 } });
});
