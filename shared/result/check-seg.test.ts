import { type DataSet, datasetOf, type Instance, items, type KeywordValues, parsePart10 } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { checkSeg, faultsOf } from './check-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { exampleInput, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput, SegStyle } from './seg-input.ts';
import { writeSeg } from './write-seg.ts';

const PIXELS = 15;
const FORMS: readonly SegStyle[] = [
  {},
  { form: 'labelmap' },
  { form: 'fractional' },
  { geometry: 'strict' },
  { form: 'labelmap', geometry: 'strict' },
];
function input(style: SegStyle = {}, source = exampleVolume(3)): SegInput {
  const example = exampleInput(source, [[0, PIXELS], [2], []]);
  const segments = example.segments.map((segment) => ({
    ...segment,
    probabilities: segment.mask.data.map((pixel) => pixel * 200),
  }));
  return { ...example, segments, style };
}
/** The object of the input with other attributes, which undefined takes away. */
function changed(values: KeywordValues, gone: readonly string[] = []): Instance {
  const instance = parsePart10(encodeSeg(input()));
  const dataset: DataSet = { ...instance.dataset, ...datasetOf(values) };
  const tags = new Set(Object.keys(datasetOf(Object.fromEntries(gone.map((keyword) => [keyword, ''])))));
  return { ...instance, dataset: Object.fromEntries(Object.entries(dataset).filter(([tag]) => !tags.has(tag))) };
}
/** The object with something else in one of the groups of its first frame. */
function withGroup(keyword: string, values: KeywordValues): Instance {
  const instance = parsePart10(encodeSeg(input()));
  const tag = '52009230';
  const [first = {}, ...others] = items(instance.dataset, 'PerFrameFunctionalGroupsSequence');
  const group = { ...first, ...datasetOf({ [keyword]: [values] }) };
  return { ...instance, dataset: { ...instance.dataset, [tag]: { vr: 'SQ', Value: [group, ...others] } } };
}

describe('an object that is right', () => {
  test.each(FORMS)('has no fault: %j', (style) => {
    for (const source of [exampleVolume(3), exampleLoop(3), exampleRadiograph()]) {
      const given = source.frames.length === 1 ? { ...exampleInput(source, [[1], []]), style } : input(style, source);
      if (source.frames.length === 1 && style.form === 'fractional') continue;
      expect(checkSeg(encodeSeg(given), given)).toEqual([]);
    }
  });
  test('nothing found is right, too', () => {
    const given = exampleInput(exampleVolume(3), [[], []]);
    expect(checkSeg(encodeSeg(given), given)).toEqual([]);
  });
});

describe('what is wrong is named', () => {
  test.each<[string, RegExp, Instance]>([
    ['another class', /is no segmentation/, { ...changed({}), sopClassUID: '1.2.840.10008.5.1.4.1.1.7' }],
    ['another modality', /Modality/, changed({ Modality: 'OT' })],
    ['another matrix', /Rows and Columns|cannot be read back/, changed({ Rows: 2 })],
    ['an empty Laterality', /Laterality/, changed({ Laterality: [] })],
    ['a label in small letters', /ContentLabel/, changed({ ContentLabel: 'liver' })],
    ['another frame of reference', /FrameOfReferenceUID is not/, changed({ FrameOfReferenceUID: '1.2.3.10' })],
    ['no frame of reference', /no FrameOfReferenceUID/, changed({}, ['FrameOfReferenceUID'])],
    ['no reference', /0 referenced series/, changed({}, ['ReferencedSeriesSequence'])],
    ['another number of frames', /NumberOfFrames/, changed({ NumberOfFrames: 2 })],
    ['cut pixels', /too short/, { ...changed({}), pixelData: [new Uint8Array(2)] }],
    ['other pixels', /does not show the mask/, { ...changed({}), pixelData: [new Uint8Array(6)] }],
    ['segments that are not described', /SegmentNumber/, changed({ SegmentSequence: [{ SegmentNumber: 2 }] })],
    ['a frame without source', /does not name its source/, withGroup('DerivationImageSequence', {})],
    [
      'a frame of another image',
      /not of the source/,
      withGroup('DerivationImageSequence', { SourceImageSequence: [{ ReferencedSOPInstanceUID: '1.2.9' }] }),
    ],
    [
      'a frame elsewhere',
      /does not lie/,
      withGroup('PlanePositionSequence', { ImagePositionPatient: ['0', '0', '9'] }),
    ],
    [
      'a frame whose place is not preserved',
      /SpatialLocationsPreserved is not YES/,
      withGroup('DerivationImageSequence', { SourceImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3.4.1' }] }),
    ],
    [
      'a turned frame',
      /does not lie/,
      withGroup('PlaneOrientationSequence', { ImageOrientationPatient: ['1', '0', '0', '0', '0', '-1'] }),
    ],
    ['a stretched frame', /does not lie/, withGroup('PixelMeasuresSequence', { PixelSpacing: ['0.5', '0.5'] })],
    ['a frame of no segment', /segment 9/, withGroup('SegmentIdentificationSequence', { ReferencedSegmentNumber: 9 })],
  ])('%s', (_, said, instance) => {
    expect(faultsOf(instance, input()).join('\n')).toMatch(said);
  });

  test('planes that the source has not', () => {
    const loop = exampleLoop(3);
    const faults = checkSeg(encodeSeg(input({}, loop)), input({ geometry: 'strict' }, loop));
    expect(faults).toContain('a frame has a plane, which its source has not (3 frames)');
  });
  test('masks that are missing', () => {
    const more = exampleInput(exampleVolume(3), [[0, PIXELS], [2], [PIXELS]]);
    expect(checkSeg(encodeSeg(input()), more)).toEqual(['1 frames of masks are missing']);
  });
  test('a label map with other labels', () => {
    const style = { form: 'labelmap' } as const;
    const other = { ...exampleInput(exampleVolume(3), [[0, PIXELS], [3], []]), style };
    expect(checkSeg(encodeSeg(input(style)), other)).toEqual(['a frame does not show the masks that it was made from']);
  });
  test('no DICOM at all', () => {
    expect(checkSeg(new Uint8Array(200), input())).toEqual([expect.stringContaining('cannot be read back')]);
  });
});

test('nothing that is wrong is written', () => {
  const given = input({ contentLabel: 'not a code string' });
  expect(() => writeSeg(given)).toThrow(expect.objectContaining({ code: 'RESULT_INVALID' }));
});
