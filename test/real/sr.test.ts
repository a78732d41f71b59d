import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { items, number, parsePart10 } from '@maskwright/dicom';
import { outsideArchive } from '@maskwright/dicomweb';
import { assembleSource, type Mask, type SourceImage } from '@maskwright/image';
import { intensitiesOf, type MaskMeasurements, measureMasks, type Quantity } from '@maskwright/measure';
import { FIXTURES } from '@maskwright/phantom';
import {
  COMPREHENSIVE_SR_STORAGE,
  encodeSeg,
  encodeSr,
  LABEL_MAP_STORAGE,
  SEGMENTATION_STORAGE,
  type SegInput,
  type SegStyle,
  srUids,
} from '@maskwright/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobs } from '../support/blobs.ts';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { segInput } from '../support/seg-input.ts';
import { judgeSr, type SrVerdict } from '../support/sr-check.ts';

/** What kind of groups a source gives, and in which units; the masks of the loop reach beyond the part that has a scale. */
const REAL: readonly (readonly [what: string, place: string, kind: 'planar' | 'volumetric', ...lengths: string[]])[] = [
  ['CT, one slice', 'ct/small-128.dcm', 'planar', 'mm'],
  ['CT volume', 'ct/liver-3slice', 'volumetric', 'mm'],
  ['CT volume with lossless compression', 'ct/kits-abdomen-arterial', 'volumetric', 'mm'],
  ['CT with gantry tilt', 'ct/ge-head-gantry-tilt', 'volumetric', 'mm'],
  ['MR volume, oblique', 'mr/prostate-adc-oblique', 'volumetric', 'mm'],
  ['enhanced MR', 'enhanced/mr-siemens-xa10-6frames.dcm', 'volumetric', 'mm'],
  ['CR of the chest, MONOCHROME1', 'xray/cr-chest-konica-mono1-8bit-jpeg.dcm', 'planar', '{pixels}'],
  ['CR with an age that is none', 'xray/cr-chest-rsna-8bit-jpeg.dcm', 'planar', '{pixels}'],
  ['DX', 'xray/dx-dog-thorax-8bit-mono1.dcm', 'planar', '{pixels}'],
  ['XA run', 'xray/xa-coronary-24frames-jpeg-fragmented.dcm', 'planar', '{pixels}'],
  ['endoscopy in colour', 'visible-light/endoscopy-colon-ybr-rct-j2k.dcm', 'planar', '{pixels}'],
  ['photograph', 'visible-light/photo-object-with-icon-jpeg.dcm', 'planar', '{pixels}'],
  ['ultrasound in colour', 'us/single-rgb.dcm', 'planar', '{pixels}'],
  ['ultrasound loop', 'us/multi-8frames-jpeg-fragmented-no-offsets.dcm', 'planar', 'mm', '{pixels}'],
];

describeWith(needs.judge, 'reports of phantoms before an independent judge', () => {
  test.each(FIXTURES.map((make) => make()))('$name with its exact masks', async ({ name, masks, shape }) => {
    const source = sourceIn(path.join(repositoryRoot, 'fixtures/phantoms', name));
    const named = Object.entries(masks).map(([structure, data]): [string, Mask] => [
      structure,
      { ...shape, frames: shape.slices, data },
    ]);
    await expectToPass(source, Object.fromEntries(named));
  });

  test('that say that nothing was found, with and without a SEG', async () => {
    const source = sourceIn(path.join(repositoryRoot, 'fixtures/phantoms/chest-ct-03'));
    const nothing = emptyMask(source);
    for (const withSeg of [true, false]) {
      const { sr, input } = await reportOf(source, { nothing, neither: nothing }, {}, withSeg);
      const { errors, groups } = await judgeSr(sr);
      expect(errors).toEqual([]);
      expect(groups.map(({ kind, trackingUid, evaluations }) => [kind, trackingUid, evaluations.at(-1)])).toEqual(
        input.uids.trackingUIDs.map((uid) => ['image', uid, ['Presence of property', 'Absent']]),
      );
    }
  });

  test.each([
    ['label map', 'endoscopy-04', { form: 'labelmap' }, LABEL_MAP_STORAGE],
    ['label map of a volume', 'chest-ct-03', { form: 'labelmap' }, LABEL_MAP_STORAGE],
    ['strict geometry', 'endoscopy-04', { geometry: 'strict' }, SEGMENTATION_STORAGE],
  ] satisfies [string, string, SegStyle, string][])(
    'beside a SEG as a site may want it: %s',
    async (_, name, style, sopClassUID) => {
      const source = sourceIn(path.join(repositoryRoot, 'fixtures/phantoms', name));
      const blob = blobs(source.frames.length, source.rows, source.columns, 1);
      // Beside the other: of segments that overlap there is no label map.
      const rim = { ...blob, data: blob.data.map((value, at) => Number(value === 0 && blob.data[at - 1] === 1)) };
      const { seg } = await expectToPass(source, { blob, rim }, style);
      expect(parsePart10(seg).sopClassUID).toBe(sopClassUID);
    },
  );
});

describeWith(needs.judge, 'reports before an independent judge', () => {
  describeWith(needs.sharedData, 'of real images', () => {
    test.each(REAL)(
      '%s',
      async (_, name, kind, ...lengths) => {
        const source = sourceIn(path.join(sharedFolder, 'data/dicom', name));
        const { frames, rows, columns } = source;
        const masks = { first: blobs(frames.length, rows, columns, 1), second: blobs(frames.length, rows, columns, 2) };
        const { groups } = await expectToPass(source, { ...masks, nothing: emptyMask(source) });
        expect([...new Set(groups.map((group) => group.kind))]).toEqual([kind, 'image']);
        const axes = groups.flatMap(({ measurements }) => measurements.filter(([what]) => what === 'Long axis'));
        expect([...new Set(axes.map(([, , unit]) => unit))]).toEqual(lengths);
      },
      120_000,
    );
  });
});

describeWith(needs.orthanc, 'reports in a real archive', () => {
  let orthanc: RealOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  });
  afterAll(() => orthanc.stop());

  test('are stored beside their SEG and come back as they were', async () => {
    const source = sourceIn(path.join(repositoryRoot, 'fixtures/phantoms/chest-ct-03'));
    const { seg, sr } = await reportOf(source, { lung: blobs(source.frames.length, source.rows, source.columns, 1) });
    const archive = outsideArchive({ url: orthanc.url });
    const outcomes = await archive.store([seg, sr]);
    expect(outcomes.map(({ stored }) => stored)).toEqual([true, true]);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, dataset } = parsePart10(sr);
    const series = await archive.searchSeries(studyInstanceUID);
    expect(series.map(({ modality }) => modality).sort()).toEqual(['SEG', 'SR']);
    const back = parsePart10(await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID));
    expect(back.sopClassUID).toBe(COMPREHENSIVE_SR_STORAGE);
    expect(back.dataset).toEqual(dataset);
  });
});

/** The dciodvfy of Debian does not know Label Map Segmentation Storage: the report as if it were beside another SEG. */
function besideSegmentation(sr: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(sr).toString('latin1').replaceAll(LABEL_MAP_STORAGE, SEGMENTATION_STORAGE), 'latin1');
}

/** highdicom finds in the report what was measured, each group tied to the SEG's segment; dciodvfy has no errors. */
async function expectToPass(
  source: SourceImage,
  masks: Readonly<Record<string, Mask>>,
  style: SegStyle = {},
): Promise<SrVerdict & { readonly seg: Uint8Array }> {
  const { sr, seg, input, measurements } = await reportOf(source, masks, style);
  const verdict = await judgeSr(besideSegmentation(sr));
  expect(verdict.errors).toEqual([]);
  for (const [index, uid] of input.uids.trackingUIDs.entries()) {
    const groups = verdict.groups.filter(({ trackingUid }) => trackingUid === uid);
    const measured = measurements[index];
    expect(groups.map(areaOf)).toEqual(measured ? areas(measured) : []);
    expect(groups.flatMap(meanOf)).toEqual(measured ? means(measured) : []);
    expect(
      groups.flatMap(({ measurements: all }) => all.flatMap(([, value, unit]) => (unit === 'ml' ? [value] : []))),
    ).toEqual(measured?.volume ? [rounded(measured.volume)] : []);
    for (const { kind, seg: uidOfSeg, segment, frame } of groups) {
      if (kind === 'image') continue;
      expect(uidOfSeg).toBe(input.uids.sopInstanceUID);
      expect(frame === undefined ? segment : segmentOfFrame(seg, frame)).toBe(index + 1);
    }
  }
  return { ...verdict, seg };
}

/** The segment that a frame (1-based) of a SEG shows; undefined of a label map's, which shows all. */
function segmentOfFrame(seg: Uint8Array, frame: number): number | undefined {
  const group = items(parsePart10(seg).dataset, 'PerFrameFunctionalGroupsSequence')[frame - 1] ?? {};
  const [named = {}] = items(group, 'SegmentIdentificationSequence');
  return number(named, 'ReferencedSegmentNumber');
}

type Group = SrVerdict['groups'][number];
function areaOf({ measurements }: Group): number | undefined {
  return measurements.find(([what]) => what === 'Area')?.[1];
}
function meanOf({ measurements }: Group): number[] {
  return measurements.flatMap(([, value, , derivation]) => (derivation === 'Mean' ? [value] : []));
}
function areas({ frames, volume }: MaskMeasurements): (number | undefined)[] {
  const all = frames.map(({ area }) => rounded(area));
  if (all.length === 0) return [undefined];
  return volume ? [Math.max(...all)] : all;
}
function means({ frames, volume, intensity }: MaskMeasurements): number[] {
  const all = volume ? [intensity] : frames.map((frame) => frame.intensity);
  return all.flatMap((one) => (one ? [rounded({ value: one.mean })] : []));
}
function rounded({ value }: Pick<Quantity, 'value'>): number {
  return Number(value.toPrecision(7));
}

async function reportOf(
  source: SourceImage,
  masks: Readonly<Record<string, Mask>>,
  style: SegStyle = {},
  withSeg = true,
): Promise<{ sr: Uint8Array; seg: Uint8Array; input: SegInput; measurements: readonly MaskMeasurements[] }> {
  const input = { ...segInput(source, masks), style };
  const measurements = await measureMasks(source, Object.values(masks), intensitiesOf);
  const seg = encodeSeg(input);
  const { trackingUIDs } = input.uids;
  const uids = srUids('test');
  const sr = encodeSr({ ...input, measurements, trackingUIDs, uids, ...(withSeg ? { seg: parsePart10(seg) } : {}) });
  return { sr, seg, input, measurements };
}

function sourceIn(place: string): SourceImage {
  const files = statSync(place).isDirectory() ? readdirSync(place).map((name) => path.join(place, name)) : [place];
  return assembleSource(files.map((file) => parsePart10(readFileSync(file))));
}
function emptyMask({ frames, rows, columns }: SourceImage): Mask {
  return { frames: frames.length, rows, columns, data: new Uint8Array(frames.length * rows * columns) };
}
