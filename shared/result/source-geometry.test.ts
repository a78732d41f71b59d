import { type DataSet, items, type KeywordValues, number, numbers, text, texts } from '@maskwright/dicom';
import { assembleSource } from '@maskwright/image';
import { describe, expect, test } from 'vitest';
import { checkSeg } from './check-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { perFrame, positions, within, written } from './example-seg.ts';
import { exampleInput, exampleInstance, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';

const PIXELS = 15;

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
