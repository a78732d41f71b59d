import { items, number, numbers, text } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { encodeSeg } from './encode-seg.ts';
import { perFrame, positions, within, written } from './example-seg.ts';
import { exampleInput, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput } from './seg-input.ts';

const PIXELS = 15;

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
