import { codes, type DataSet, items, parsePart10, text } from '@maskwright/dicom';
import { type MaskMeasurements, measureMasks } from '@maskwright/measure';
import { describe, expect, test } from 'vitest';
import { encodeSeg } from './encode-seg.ts';
import { encodeSr } from './encode-sr.ts';
import { exampleInput, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput } from './seg-input.ts';
import { type SrInput, srUids } from './sr-input.ts';

const PIXELS = 15;
async function srInput(input: SegInput, seg = parsePart10(encodeSeg(input))): Promise<SrInput> {
  const masks = input.segments.map(({ mask }) => mask);
  const measurements = await measureMasks(input.source, masks, async () => undefined);
  return { ...input, measurements, seg, trackingUIDs: input.uids.trackingUIDs, uids: srUids('a job') };
}
async function written(input: SegInput): Promise<DataSet> {
  return parsePart10(encodeSr(await srInput(input))).dataset;
}
/** Items of a container by the code of their concept, through the levels of the tree. */
function within(dataset: DataSet, ...path: readonly string[]): DataSet[] {
  return path.reduce<DataSet[]>(
    (found, code) =>
      found.flatMap((item) =>
        items(item, 'ContentSequence').filter((child) => codes(child, 'ConceptNameCodeSequence')[0]?.value === code),
      ),
    [dataset],
  );
}
const groups = (dataset: DataSet): DataSet[] => within(dataset, '126010', '125007');
const template = (group: DataSet): string | undefined =>
  text(items(group, 'ContentTemplateSequence')[0] ?? {}, 'TemplateIdentifier');

describe('a measurement report', () => {
  test('is the same bytes for the same input', async () => {
    const input = await srInput(exampleInput(exampleVolume(3), [[1], [20]]));
    expect(encodeSr(input)).toEqual(encodeSr(input));
  });

  test('belongs to patient and study of its source, in a series of its own, and says what it is not for', async () => {
    const dataset = await written(exampleInput(exampleRadiograph({ AccessionNumber: 'A1' }), [[1]]));
    const keywords = ['PatientName', 'PatientID', 'StudyInstanceUID', 'AccessionNumber', 'Modality'];
    expect(keywords.map((keyword) => text(dataset, keyword))).toEqual(['Müller^Ada', 'P1', '1.2.3', 'A1', 'SR']);
    expect(text(dataset, 'SeriesInstanceUID')).toBe(srUids('a job').seriesInstanceUID);
    const [comment = {}] = within(dataset, '121106');
    expect(text(comment, 'TextValue')).toMatch(/^For research use only.*VLSM/);
    expect(text(dataset, 'VerificationFlag')).toBe('UNVERIFIED');
  });

  test('is marked for research use at the end of its description, however long the title is', async () => {
    const seriesDescription = "Lungs, heart, liver and spine, CT (reader's words)";
    const dataset = await written({ ...exampleInput(exampleRadiograph(), [[1]]), seriesDescription });
    const described = text(dataset, 'SeriesDescription') ?? '';
    expect(described).toMatch(/^Lungs, heart.*\.\.\.: measurements \(research use only\)$/);
    expect(Buffer.byteLength(described)).toBeLessThanOrEqual(64);
  });

  test.each([
    ['one group a segment of a volume', exampleVolume(3), [[0, 1, PIXELS], [PIXELS]], ['1411', '1411']],
    ['one group a frame and segment of a loop', exampleLoop(3), [[0, PIXELS], [2 * PIXELS]], ['1410', '1410', '1410']],
    ['one group of a radiograph', exampleRadiograph(), [[3, 4]], ['1410']],
    ['a word about what was not found', exampleRadiograph(), [[3], []], ['1410', '1501']],
  ])('has %s', async (_, source, shown, templates) => {
    expect(groups(await written(exampleInput(source, shown))).map(template)).toEqual(templates);
  });

  test('ties each group to its segment: by number, by frame, and by what tracks it', async () => {
    const input = exampleInput(exampleLoop(3), [[0, PIXELS], [2 * PIXELS]]);
    const all = groups(await written(input));
    const frames = all
      .flatMap((group) => within(group, '121214'))
      .map((item) => items(item, 'ReferencedSOPSequence')[0] ?? {});
    // The SEG's frames stand segment by segment.
    expect(frames.map((frame) => text(frame, 'ReferencedFrameNumber'))).toEqual(['1', '2', '3']);
    expect(new Set(frames.map((frame) => text(frame, 'ReferencedSOPInstanceUID')))).toEqual(
      new Set([input.uids.sopInstanceUID]),
    );
    const [one, two] = input.uids.trackingUIDs;
    expect(all.flatMap((group) => within(group, '112040')).map((item) => text(item, 'UID'))).toEqual([one, one, two]);
    const sources = all
      .flatMap((group) => within(group, '121233'))
      .map((item) => items(item, 'ReferencedSOPSequence')[0] ?? {});
    expect(sources.map((image) => text(image, 'ReferencedFrameNumber'))).toEqual(['1', '2', '3']);
  });

  test('beside a label map, whose frames show all segments, names each segment and the image', async () => {
    const shown = [[0, PIXELS], [PIXELS + 1]];
    const all = groups(await written({ ...exampleInput(exampleLoop(3), shown), style: { form: 'labelmap' } }));
    const referred = ['121214', '121233'].map((code) =>
      all
        .flatMap((group) => within(group, code))
        .flatMap((item) => items(item, 'ReferencedSOPSequence'))
        .map((sop) => [text(sop, 'ReferencedSegmentNumber'), text(sop, 'ReferencedFrameNumber')]),
    );
    expect(referred).toEqual([
      [
        ['1', undefined],
        ['1', undefined],
        ['2', undefined],
      ],
      [
        [undefined, '1'],
        [undefined, '2'],
        [undefined, '2'],
      ],
    ]);
  });

  test('says what was found, where, on which side, and by which words of which model', async () => {
    const [group = {}] = groups(await written(exampleInput(exampleVolume(2), [[1]])));
    const coded = (...path: string[]) =>
      within(group, ...path).map((item) => codes(item, 'ConceptCodeSequence')[0]?.value);
    expect(coded('121071')).toEqual(['39607008']);
    expect(coded('363698007')).toEqual(['39607008']);
    expect(coded('363698007', '272741003')).toEqual(['7771000']);
    const said = ['111001', '111003', '111002'].map((code) => text(within(group, code)[0] ?? {}, 'TextValue'));
    expect(said).toEqual(['model', '1.2', '{"prompt":"organ in a chest radiograph","promptType":"P2"}']);
  });

  const polyp = {
    name: 'polyp',
    label: 'Polyp',
    category: { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' },
    type: { value: '41329004', scheme: 'SCT', meaning: 'Polyp' },
    color: [220, 20, 60] as const,
  };
  const colon = { value: '71854001', scheme: 'SCT', meaning: 'Colon' };
  const left = { value: '7771000', scheme: 'SCT', meaning: 'Left' };
  const upper = { value: '261183002', scheme: 'SCT', meaning: 'Upper' };
  const [LATERALITY, TOPOGRAPHICAL] = ['272741003', '106233006'];
  test.each<[string, SegInput['segments'][number]['target'], string[], string[], string[]]>([
    ['an abnormality without a region: nowhere', polyp, [], [], []],
    ['an abnormality in a region', { ...polyp, anatomicRegion: colon }, [colon.value], [], []],
    [
      'a side of the region',
      { ...polyp, anatomicRegion: colon, anatomicRegionModifier: left },
      [colon.value],
      [left.value],
      [],
    ],
    [
      'a part of the region that is no side',
      { ...polyp, anatomicRegion: colon, anatomicRegionModifier: upper },
      [colon.value],
      [],
      [upper.value],
    ],
    [
      'what the target is, but no side',
      { ...polyp, anatomicRegion: colon, typeModifier: upper },
      [colon.value],
      [],
      [],
    ],
  ])('the site of %s', async (_, target, sites, sides, parts) => {
    const input = exampleInput(exampleRadiograph(), [[1]]);
    const segments = input.segments.map((segment) => ({ ...segment, target }));
    const [group = {}] = groups(await written({ ...input, segments }));
    const coded = (...path: string[]) =>
      within(group, ...path).map((item) => codes(item, 'ConceptCodeSequence')[0]?.value);
    const SITE = '363698007';
    expect([coded(SITE), coded(SITE, LATERALITY), coded(SITE, TOPOGRAPHICAL)]).toEqual([sites, sides, parts]);
  });

  test('names the slice that a measure of a volume is taken on', async () => {
    const volume = exampleVolume(3);
    const [group = {}] = groups(await written(exampleInput(volume, [[0, PIXELS, PIXELS + 1]])));
    const [image = {}] = within(group, '42798000', '121112');
    const [sop = {}] = items(image, 'ReferencedSOPSequence');
    expect(text(sop, 'ReferencedSOPInstanceUID')).toBe(volume.frames[1]?.instance.sopInstanceUID);
  });

  test('that nothing was found needs no SEG, but a measure does', async () => {
    const none = await srInput(exampleInput(exampleRadiograph(), [[]]));
    expect(groups(parsePart10(encodeSr({ ...none, seg: undefined })).dataset).map(template)).toEqual(['1501']);
    const some = await srInput(exampleInput(exampleRadiograph(), [[1]]));
    expect(() => encodeSr({ ...some, seg: undefined })).toThrow(/need the SEG/);
  });
  test.each<[string, Partial<SrInput>, RegExp]>([
    ['measurements', { measurements: [] as MaskMeasurements[] }, /no measurements of organ 1/],
    ['tracking UIDs', { trackingUIDs: [] }, /no tracking UID for segment 1/],
  ])('refuses %s that do not fit the segments', async (_, wrong, message) => {
    const input = await srInput(exampleInput(exampleRadiograph(), [[1]]));
    expect(() => encodeSr({ ...input, ...wrong })).toThrow(message);
  });
});
