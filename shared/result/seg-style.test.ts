import { type DataSet, has, items, type KeywordValues, number, numbers, parsePart10, text } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { decodeSeg } from './decode-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { exampleInput, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput, SegStyle } from './seg-input.ts';

const PIXELS = 15;
function written(input: SegInput, style: SegStyle): DataSet {
  return parsePart10(encodeSeg({ ...input, style })).dataset;
}
function segmentNumbers(dataset: DataSet): (number | undefined)[] {
  return items(dataset, 'SegmentSequence').map((item) => number(item, 'SegmentNumber'));
}
function dimensionValues(dataset: DataSet): number[][] {
  return items(dataset, 'PerFrameFunctionalGroupsSequence').map((group) =>
    numbers(items(group, 'FrameContentSequence')[0] ?? {}, 'DimensionIndexValues'),
  );
}

describe('a label map', () => {
  const style = { form: 'labelmap' } as const;
  const input = exampleInput(exampleVolume(3), [[0, PIXELS], [1]]);

  test('holds the segment of each pixel, a frame a slice, and describes its background', () => {
    const { dataset, pixelData, sopClassUID } = parsePart10(encodeSeg({ ...input, style }));
    expect(sopClassUID).toBe('1.2.840.10008.5.1.4.1.1.66.7');
    expect([text(dataset, 'SegmentationType'), number(dataset, 'BitsAllocated')]).toEqual(['LABELMAP', 8]);
    expect(segmentNumbers(dataset)).toEqual([1, 2, 0]);
    expect(dimensionValues(dataset)).toEqual([[1], [2]]);
    const [first, ...rest] = items(dataset, 'PerFrameFunctionalGroupsSequence');
    expect(rest).toHaveLength(1);
    expect(has(first ?? {}, 'SegmentIdentificationSequence')).toBe(false);
    expect([...(pixelData?.[0] ?? [])].slice(0, 3)).toEqual([1, 2, 0]);
  });
  test('has its frames in the order of the source, whichever segment they show', () => {
    const dataset = written(exampleInput(exampleVolume(3), [[2 * PIXELS], [0]]), style);
    const heights = items(dataset, 'PerFrameFunctionalGroupsSequence').map(
      (group) => numbers(items(group, 'PlanePositionSequence')[0] ?? {}, 'ImagePositionPatient')[2],
    );
    expect(heights).toEqual([-4, 0]);
  });
  test('is read back as the masks', () => {
    const read = (one: SegInput) =>
      decodeSeg(parsePart10(encodeSeg(one))).segments.map(({ frames, ...segment }) => ({
        ...segment,
        // How a frame is described is not the same: a label map has no segment of its own for each.
        frames: frames.map(({ groups: _, ...frame }) => frame),
      }));
    expect(read({ ...input, style })).toEqual(read(input));
  });
  test('of more than 255 segments has 16 bits', () => {
    const many = exampleInput(
      exampleVolume(20),
      Array.from({ length: 300 }, (_, at) => [at]),
    );
    const { dataset, pixelData } = parsePart10(encodeSeg({ ...many, style }));
    expect(number(dataset, 'BitsAllocated')).toBe(16);
    const labels = new Uint16Array(Uint8Array.from(pixelData?.[0] ?? []).buffer);
    expect([...labels]).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
  });
  test('is none where segments overlap: no pixel is lost, the object is binary', () => {
    const over = exampleInput(exampleVolume(2), [[1, 2], [2]]);
    const dataset = written(over, style);
    expect([text(dataset, 'SegmentationType'), text(dataset, 'SegmentsOverlap')]).toEqual(['BINARY', 'YES']);
  });
});

describe('a fractional SEG', () => {
  const example = exampleInput(exampleVolume(2), [[1]]);
  const probabilities = Uint8Array.from({ length: 2 * PIXELS }, (_, at) => (at === 1 ? 200 : at === PIXELS ? 90 : 0));
  const segments = example.segments.map((segment) => ({ ...segment, probabilities }));
  const style = { form: 'fractional' } as const;

  test('holds the probabilities, of frames that are below the threshold too', () => {
    const { dataset, pixelData } = parsePart10(encodeSeg({ ...example, segments, style }));
    expect(text(dataset, 'SegmentationFractionalType')).toBe('PROBABILITY');
    expect(number(dataset, 'MaximumFractionalValue')).toBe(255);
    expect(number(dataset, 'NumberOfFrames')).toBe(2);
    expect([...(pixelData?.[0] ?? [])].slice(0, 2 * PIXELS)).toEqual([...probabilities]);
  });
  test('is read back from the half', () => {
    const { segments: read } = decodeSeg(parsePart10(encodeSeg({ ...example, segments, style })));
    expect(read[0]?.frames.map(({ data }) => data.indexOf(1))).toEqual([1, -1]);
  });
  test('is not made out of masks', () => {
    expect(() => encodeSeg({ ...example, style })).toThrow(/organ 1 has no probabilities/);
  });
});

describe('strict geometry', () => {
  const style = { geometry: 'strict' } as const;
  test('is none for a loop: the frames count', () => {
    const dataset = written(exampleInput(exampleLoop(4), [[PIXELS, 3 * PIXELS]]), style);
    expect(has(dataset, 'FrameOfReferenceUID')).toBe(false);
    expect(has(dataset, 'PatientOrientation')).toBe(true);
    const [first = {}, second = {}] = items(dataset, 'PerFrameFunctionalGroupsSequence');
    expect(has(first, 'PlanePositionSequence')).toBe(false);
    const stacked = [first, second].map((group) => items(group, 'FrameContentSequence')[0] ?? {});
    expect(stacked.map((item) => number(item, 'InStackPositionNumber'))).toEqual([2, 4]);
    expect(dimensionValues(dataset)).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });
  test('changes nothing for a volume', () => {
    const input = exampleInput(exampleVolume(3), [[0, PIXELS]]);
    expect(encodeSeg({ ...input, style })).toEqual(encodeSeg(input));
  });
});

describe('labels of the object', () => {
  const given = { SeriesDescription: 'Chest pa', SeriesNumber: 1007 };
  test.each<[string, SegStyle, string, string, KeywordValues?]>([
    ['number by default', {}, 'SeriesNumber', '9007'],
    ['number of a source without one', {}, 'SeriesNumber', '9000', { SeriesNumber: '' }],
    ['number of a source with one below zero', {}, 'SeriesNumber', '9003', { SeriesNumber: '-3' }],
    ['number of a source with a broken one', {}, 'SeriesNumber', '9002', { SeriesNumber: '2.5' }],
    ['number beside the source', { seriesNumber: { rule: 'times', factor: 100, add: 1 } }, 'SeriesNumber', '100701'],
    ['one number', { seriesNumber: { rule: 'fixed', number: 5 } }, 'SeriesNumber', '5'],
    ['number of a block', { seriesNumber: { rule: 'base', base: 500 } }, 'SeriesNumber', '507'],
    [
      'no number beyond what fits',
      { seriesNumber: { rule: 'times', factor: 1e9, add: 0 } },
      'SeriesNumber',
      '2147483647',
    ],
    ['description by default', {}, 'SeriesDescription', 'Lungs'],
    [
      'description by template',
      { seriesDescription: '{source} - {task} ({model} {version}) {other}' },
      'SeriesDescription',
      'Chest pa - lungs (model 1.2) {other}',
    ],
    ['content label', { contentLabel: 'AI_SEG' }, 'ContentLabel', 'AI_SEG'],
  ])('%s', (_, style, keyword, expected, values = {}) => {
    const input = { ...exampleInput(exampleRadiograph({ ...given, ...values }), [[1]]), task: 'lungs' };
    const dataset = written(input, style);
    expect(text(dataset, keyword) ?? String(number(dataset, keyword))).toBe(expected);
  });
});
