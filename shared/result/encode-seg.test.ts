import { type DataSet, items, type KeywordValues, number, numbers, parsePart10, text, texts } from '@maskwright/dicom';
import { assembleSource } from '@maskwright/image';
import { describe, expect, test } from 'vitest';
import { checkSeg } from './check-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { exampleInput, exampleInstance, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput } from './seg-input.ts';

const PIXELS = 15;
function written(input: SegInput): DataSet {
  return parsePart10(encodeSeg(input)).dataset;
}
function perFrame(dataset: DataSet): DataSet[] {
  return items(dataset, 'PerFrameFunctionalGroupsSequence');
}
function within(group: DataSet | undefined, ...path: readonly string[]): DataSet {
  return path.reduce<DataSet>((place, keyword) => items(place, keyword)[0] ?? {}, group ?? {});
}
function positions(dataset: DataSet): number[][] {
  return perFrame(dataset).map((group) => numbers(within(group, 'PlanePositionSequence'), 'ImagePositionPatient'));
}

describe('a SEG', () => {
  test('is the same bytes for the same input', () => {
    const input = (): SegInput => exampleInput(exampleVolume(3), [[1], [20]]);
    expect(encodeSeg(input())).toEqual(encodeSeg(input()));
  });

  test('belongs to patient and study of its source', () => {
    const dataset = written(exampleInput(exampleRadiograph({ AccessionNumber: 'A1' }), [[1]]));
    const keywords = ['PatientName', 'PatientID', 'StudyInstanceUID', 'AccessionNumber'];
    expect(keywords.map((keyword) => text(dataset, keyword))).toEqual(['Müller^Ada', 'P1', '1.2.3', 'A1']);
  });
  test.each([
    ['an empty Laterality', { Laterality: '' }, 'Laterality', undefined],
    ['a Laterality', { Laterality: 'R' }, 'Laterality', undefined],
    ['an age that is none', { PatientAge: '62' }, 'PatientAge', undefined],
    ['an age', { PatientAge: '062Y' }, 'PatientAge', '062Y'],
    ['a body part', { BodyPartExamined: 'CHEST' }, 'BodyPartExamined', 'CHEST'],
    ['a body part that is no code string', { BodyPartExamined: 'MR Lever' }, 'BodyPartExamined', undefined],
    ['a lossy source', { LossyImageCompression: '01' }, 'LossyImageCompression', '01'],
    ['a source that was never lossy', {}, 'LossyImageCompression', '00'],
    ['a time zone', { TimezoneOffsetFromUTC: '+0200' }, 'ContentTime', '050405'],
    ['no time zone', {}, 'ContentTime', '030405'],
  ])('of a source with %s', (_, values, keyword, expected) => {
    expect(text(written(exampleInput(exampleRadiograph(values), [[1]])), keyword)).toBe(expected);
  });
  test('that was de-identified says how, be it that nobody knows', () => {
    const dataset = written(exampleInput(exampleRadiograph({ PatientIdentityRemoved: 'YES' }), [[1]]));
    expect(text(dataset, 'DeidentificationMethod')).toBeDefined();
  });

  test('tells in standard text what was asked, of which model, and what it is not for', () => {
    const dataset = written(exampleInput(exampleRadiograph(), [[1]]));
    expect(text(dataset, 'ImageComments')).toMatch(/research use only.*VLSM.*\n.*P2.*organ in a chest radiograph/s);
    const [segment = {}] = items(dataset, 'SegmentSequence');
    expect(text(segment, 'SegmentDescription')).toContain('organ in a chest radiograph');
  });

  test.each([
    ['apart', [[1], [2]], 'NO'],
    ['one over the other', [[1, 2], [2]], 'YES'],
    ['in different frames', [[1], [1 + PIXELS]], 'NO'],
  ])('says whether segments overlap: %s', (_, shown, expected) => {
    expect(text(written(exampleInput(exampleVolume(2), shown)), 'SegmentsOverlap')).toBe(expected);
  });

  test('counts its segments from one, each with what tracks it', () => {
    const segments = items(written(exampleInput(exampleRadiograph(), [[1], [2], [3]])), 'SegmentSequence');
    expect(segments.map((segment) => number(segment, 'SegmentNumber'))).toEqual([1, 2, 3]);
    expect(new Set(segments.map((segment) => text(segment, 'TrackingUID'))).size).toBe(3);
  });

  test('refuses a mask of another size', () => {
    const input = exampleInput(exampleVolume(2), [[1]]);
    expect(() => encodeSeg({ ...input, source: exampleVolume(3) })).toThrow(/organ 1 is 2 × 3 × 5, its source 3/);
  });
  test('refuses to be without a segment', () => {
    expect(() => encodeSeg(exampleInput(exampleRadiograph(), []))).toThrow(TypeError);
  });
});

describe('frames of a SEG', () => {
  const volume = exampleVolume(4);

  test('are those that show something, segment by segment in the order of the source', () => {
    const dataset = written(exampleInput(volume, [[3 * PIXELS, PIXELS], [PIXELS]]));
    expect(number(dataset, 'NumberOfFrames')).toBe(3);
    expect(
      perFrame(dataset).map((group) => numbers(within(group, 'FrameContentSequence'), 'DimensionIndexValues')),
    ).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    expect(positions(dataset).map(([, , z]) => z)).toEqual([-4, 0, -4]);
  });

  test('name the image that they lie on', () => {
    const dataset = written(exampleInput(volume, [[2 * PIXELS]]));
    const image = within(perFrame(dataset)[0], 'DerivationImageSequence', 'SourceImageSequence');
    expect(text(image, 'ReferencedSOPInstanceUID')).toBe(volume.frames[2]?.instance.sopInstanceUID);
    expect(text(image, 'SpatialLocationsPreserved')).toBe('YES');
    expect(text(image, 'ReferencedFrameNumber')).toBeUndefined();
  });

  test('of a loop also name the frame', () => {
    const dataset = written(exampleInput(exampleLoop(6), [[5 * PIXELS]]));
    const image = within(perFrame(dataset)[0], 'DerivationImageSequence', 'SourceImageSequence');
    expect(number(image, 'ReferencedFrameNumber')).toBe(6);
  });

  test('of an enhanced object name the frame, be it its only one', () => {
    const group = {
      PlanePositionSequence: [{ ImagePositionPatient: [0, 0, 0] }],
      PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
      PixelMeasuresSequence: [{ PixelSpacing: [1, 1] }],
    };
    const enhanced = exampleRadiograph({
      Modality: 'CT',
      NumberOfFrames: 1,
      SharedFunctionalGroupsSequence: [group],
      PerFrameFunctionalGroupsSequence: [{}],
    });
    const image = within(
      perFrame(written(exampleInput(enhanced, [[0]])))[0],
      'DerivationImageSequence',
      'SourceImageSequence',
    );
    expect(number(image, 'ReferencedFrameNumber')).toBe(1);
  });

  test('are one and empty where nothing was found', () => {
    const dataset = written(exampleInput(volume, [[], []]));
    expect(number(dataset, 'NumberOfFrames')).toBe(1);
    expect(perFrame(dataset)).toHaveLength(1);
  });

  test('refer to all images of the series, also to those without a frame', () => {
    const [series = {}] = items(written(exampleInput(volume, [[0]])), 'ReferencedSeriesSequence');
    expect(items(series, 'ReferencedInstanceSequence')).toHaveLength(4);
  });
});

describe('geometry of a SEG', () => {
  test('is that of the slices', () => {
    const dataset = written(exampleInput(exampleVolume(3), [[0, PIXELS]]));
    expect(text(dataset, 'FrameOfReferenceUID')).toBe('1.2.3.9');
    const shared = within(dataset, 'SharedFunctionalGroupsSequence');
    const measures = within(shared, 'PixelMeasuresSequence');
    expect(numbers(measures, 'PixelSpacing')).toEqual([0.5, 0.75]);
    expect(number(measures, 'SliceThickness')).toBe(2.5);
    expect(number(measures, 'SpacingBetweenSlices')).toBe(2);
  });

  test('has one thickness for all frames, the thinnest, where slices differ', () => {
    const slice = (index: number, thickness: string) =>
      exampleInstance(index, {
        Modality: 'CT',
        FrameOfReferenceUID: '1.2.3.9',
        ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
        ImagePositionPatient: ['0', '0', String(4 * index)],
        PixelSpacing: ['1', '1'],
        SliceThickness: thickness,
      });
    const source = assembleSource([slice(1, '4'), slice(2, '7')]);
    const dataset = written(exampleInput(source, [[0, PIXELS]]));
    const shared = within(dataset, 'SharedFunctionalGroupsSequence');
    expect(number(within(shared, 'PixelMeasuresSequence'), 'SliceThickness')).toBe(4);
    expect(perFrame(dataset).flatMap((group) => items(group, 'PixelMeasuresSequence'))).toEqual([]);
  });

  test('is made up where the source has none: frame after frame, in a frame of reference of its own', () => {
    const input = exampleInput(exampleLoop(3), [[0, PIXELS, 2 * PIXELS]]);
    const dataset = written(input);
    expect(text(dataset, 'FrameOfReferenceUID')).toBe(input.uids.frameOfReferenceUID);
    expect(positions(dataset)).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 2],
    ]);
    const shared = within(dataset, 'SharedFunctionalGroupsSequence');
    expect(numbers(within(shared, 'PlaneOrientationSequence'), 'ImageOrientationPatient')).toEqual([1, 0, 0, 0, 1, 0]);
  });

  const slice = (index: number, values: KeywordValues) =>
    exampleInstance(index, {
      Modality: 'CT',
      FrameOfReferenceUID: '1.2.3.9',
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      ImagePositionPatient: ['10', '20', String(30 + 4 * index)],
      PixelSpacing: ['0.7', '0.7'],
      ...values,
    });
  const unscaled = [slice(1, {}), slice(2, { PixelSpacing: '' }), slice(3, {})];
  const mammograms = [1, 2].map((index) => slice(index, { Modality: 'MG', FrameOfReferenceUID: `1.2.3.${index}` }));
  const withOwn = exampleRadiograph({ FrameOfReferenceUID: '1.2.3.9' });
  test.each([
    ['slices of which one has no PixelSpacing', assembleSource(unscaled), '1.2.3.9'],
    ['images in two frames of reference', assembleSource(mammograms), undefined],
    ['a projection with a frame of reference', withOwn, '1.2.3.9'],
  ])('that is made up is never in the patient’s frame of reference: %s', (_, source, strict) => {
    const input = exampleInput(source, [[0]]);
    expect(text(written(input), 'FrameOfReferenceUID')).toBe(input.uids.frameOfReferenceUID);
    expect(positions(written(input))).toEqual([[0, 0, 0]]);
    // Without planes nothing is made up: the standard wants the source's own.
    expect(text(written({ ...input, style: { geometry: 'strict' } }), 'FrameOfReferenceUID')).toBe(strict);
    expect(checkSeg(encodeSeg(input), input)).toEqual([]);
  });

  const turned = (degrees: number) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return ['1', '0', '0', '0', cos.toFixed(6), sin.toFixed(6)];
  };
  test.each([
    ['within rounding are written with one orientation', 0.002, [true, [false, false]]],
    ['by two degrees are written with an orientation each', 2, [false, [true, true]]],
  ])('of slices turned %s', (_, degrees, expected) => {
    const source = assembleSource([slice(1, {}), slice(2, { ImageOrientationPatient: turned(degrees) })]);
    const dataset = written(exampleInput(source, [[0, PIXELS]]));
    const has = (group: DataSet) => items(group, 'PlaneOrientationSequence').length > 0;
    expect([has(within(dataset, 'SharedFunctionalGroupsSequence')), perFrame(dataset).map(has)]).toEqual(expected);
  });

  test('of an object whose frames lie across each other is written with a plane for each', () => {
    const [axial, coronal] = [
      [1, 0, 0, 0, 1, 0],
      [1, 0, 0, 0, 0, -1],
    ];
    const source = assembleSource([
      exampleInstance(1, {
        Modality: 'MR',
        FrameOfReferenceUID: '1.2.3.9',
        NumberOfFrames: 2,
        SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: [1, 1] }] }],
        PerFrameFunctionalGroupsSequence: [axial, coronal].map((ImageOrientationPatient) => ({
          PlanePositionSequence: [{ ImagePositionPatient: [0, 0, 0] }],
          PlaneOrientationSequence: [{ ImageOrientationPatient }],
        })),
      }),
    ]);
    const orientations = perFrame(written(exampleInput(source, [[0, PIXELS]]))).map((group) =>
      numbers(within(group, 'PlaneOrientationSequence'), 'ImageOrientationPatient'),
    );
    expect(orientations).toEqual([axial, coronal]);
  });

  test('of a plane many times has one position, and times that tell its frames apart', () => {
    const frames = [0, 2, 0, 2].map((z) => ({ PlanePositionSequence: [{ ImagePositionPatient: [0, 0, z] }] }));
    const source = assembleSource([
      exampleInstance(1, {
        Modality: 'MR',
        FrameOfReferenceUID: '1.2.3.9',
        NumberOfFrames: 4,
        SharedFunctionalGroupsSequence: [
          {
            PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
            PixelMeasuresSequence: [{ PixelSpacing: [1, 1] }],
          },
        ],
        PerFrameFunctionalGroupsSequence: frames,
      }),
    ]);
    const dataset = written(exampleInput(source, [[0, PIXELS, 2 * PIXELS, 3 * PIXELS]]));
    const contents = perFrame(dataset).map((group) => within(group, 'FrameContentSequence'));
    expect(contents.map((content) => numbers(content, 'DimensionIndexValues'))).toEqual([
      [1, 1, 1],
      [1, 2, 1],
      [1, 1, 2],
      [1, 2, 2],
    ]);
    expect(contents.map((content) => number(content, 'TemporalPositionIndex'))).toEqual([1, 1, 2, 2]);
  });

  const scale = (x: number, units = 3) => ({
    PhysicalUnitsXDirection: units,
    PhysicalUnitsYDirection: units,
    PhysicalDeltaX: x,
    PhysicalDeltaY: 0.02,
  });
  test.each([
    ['nothing stated', {}, [1, 1]],
    ['the detector only', { ImagerPixelSpacing: ['0.2', '0.2'] }, [1, 1]],
    ['that of the detector said twice', { ImagerPixelSpacing: ['0.2', '0.2'], PixelSpacing: ['0.2', '0.2'] }, [1, 1]],
    ['corrected for magnification', { ImagerPixelSpacing: ['0.2', '0.2'], PixelSpacing: ['0.1', '0.1'] }, [0.1, 0.1]],
    ['calibrated', { PixelSpacing: ['0.3', '0.4'], PixelSpacingCalibrationType: 'FIDUCIAL' }, [0.3, 0.4]],
    ['of nobody knows what', { PixelSpacing: ['0.3', '0.4'] }, [1, 1]],
    ['an ultrasound scale in cm', { SequenceOfUltrasoundRegions: [scale(0.03)] }, [0.2, 0.3]],
    ['two scales', { SequenceOfUltrasoundRegions: [scale(0.03), scale(0.04)] }, [1, 1]],
    ['a scale of time', { SequenceOfUltrasoundRegions: [scale(0.03, 4)] }, [1, 1]],
  ])('has the spacing of a projection only where it is the patient’s: %s', (_, values, expected) => {
    const dataset = written(exampleInput(exampleRadiograph(values), [[1]]));
    const shared = within(dataset, 'SharedFunctionalGroupsSequence');
    expect(numbers(within(shared, 'PixelMeasuresSequence'), 'PixelSpacing')).toEqual(expected);
  });

  test('leaves it to PatientOrientation how a projection lies in the patient', () => {
    const dataset = written(exampleInput(exampleRadiograph({ PatientOrientation: ['L', 'F'] }), [[1]]));
    expect(texts(dataset, 'PatientOrientation')).toEqual(['L', 'F']);
  });
});
