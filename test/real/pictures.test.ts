import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parsePart10 } from '@maskwright/dicom';
import { type DimseArchive, dimseArchive, outsideArchive } from '@maskwright/dicomweb';
import { assembleSource, type Mask, type SourceImage } from '@maskwright/image';
import { FIXTURES } from '@maskwright/phantom';
import {
  COLOR_PRESENTATION_STORAGE,
  encodeSeg,
  GRAYSCALE_PRESENTATION_STORAGE,
  keyImageUids,
  presentationUids,
  SECONDARY_CAPTURE_STORAGE,
  type SegInput,
  writeKeyImage,
  writePresentation,
} from '@maskwright/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobs } from '../support/blobs.ts';
import { freePorts } from '../support/free-ports.ts';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { judgePictures } from '../support/picture-check.ts';
import { segInput } from '../support/seg-input.ts';

/** Whether pydicom can show it: it states a window, and there is a decoder for it. */
const REAL: readonly (readonly [what: string, place: string, shown: boolean])[] = [
  ['CT, one slice', 'ct/small-128.dcm', false],
  ['CT volume', 'ct/liver-3slice', true],
  ['CT volume with lossless compression', 'ct/kits-abdomen-arterial', true],
  ['CT with gantry tilt', 'ct/ge-head-gantry-tilt', false],
  ['MR volume, oblique', 'mr/prostate-adc-oblique', true],
  ['enhanced MR', 'enhanced/mr-siemens-xa10-6frames.dcm', false],
  ['CR of the chest, MONOCHROME1', 'xray/cr-chest-konica-mono1-8bit-jpeg.dcm', true],
  ['CR with an age that is none', 'xray/cr-chest-rsna-8bit-jpeg.dcm', false],
  ['DX', 'xray/dx-dog-thorax-8bit-mono1.dcm', true],
  ['XA run', 'xray/xa-coronary-24frames-jpeg-fragmented.dcm', false],
  ['endoscopy in colour', 'visible-light/endoscopy-colon-ybr-rct-j2k.dcm', true],
  ['photograph', 'visible-light/photo-object-with-icon-jpeg.dcm', true],
  ['ultrasound in colour', 'us/single-rgb.dcm', true],
  ['ultrasound loop', 'us/multi-8frames-jpeg-fragmented-no-offsets.dcm', true],
];

describeWith(needs.judge, 'key images and presentation states of phantoms before an independent judge', () => {
  test.each(FIXTURES.map((make) => make()))('$name with its exact masks', async ({ name, masks, shape }) => {
    const named = Object.entries(masks).map(([structure, data]): [string, Mask] => [
      structure,
      { ...shape, frames: shape.slices, data },
    ]);
    const place = path.join(repositoryRoot, 'fixtures/phantoms', name);
    const { pydicom, dcmtk, profile } = await expectToPass(place, Object.fromEntries(named));
    expect(pydicom).not.toBeNull();
    // DCMTK shows the grey ones by the presentation state; a colour one has a profile.
    expect([dcmtk === null, profile === null]).toEqual(name.startsWith('endoscopy') ? [true, false] : [false, true]);
  });
});

describeWith(needs.judge, 'key images and presentation states before an independent judge', () => {
  describeWith(needs.sharedData, 'of real images', () => {
    test.each(REAL)(
      '%s',
      async (_, name, shown) => {
        const place = path.join(sharedFolder, 'data/dicom', name);
        const { frames, rows, columns } = sourceIn(place);
        const first = blobs(frames.length, rows, columns, 1);
        const second = blobs(frames.length, rows, columns, 2);
        const nothing = { ...first, data: new Uint8Array(first.data.length) };
        const { pydicom } = await expectToPass(place, { first, second, nothing, ring: ringOf(first) });
        expect(pydicom !== null).toBe(shown);
      },
      120_000,
    );
  });
});

describeWith(needs.orthanc, 'key images and presentation states in a real archive', () => {
  let orthanc: RealOrthanc;
  let dimse: DimseArchive;
  beforeAll(async () => {
    const port = await freePorts(2);
    orthanc = await startOrthanc({}, port);
    const node = { host: '127.0.0.1', calledAeTitle: 'PACS', callingAeTitle: 'MASKWRIGHT', timeoutMs: 20_000 };
    dimse = await dimseArchive({ ...node, port, listenPort: port + 1 });
    await orthanc.knows('MASKWRIGHT', port + 1);
  });
  afterAll(async () => {
    dimse.close();
    await orthanc.stop();
  });

  test.each([
    ['DICOMweb', 'chest-ct-03', GRAYSCALE_PRESENTATION_STORAGE],
    ['DICOMweb', 'endoscopy-04', COLOR_PRESENTATION_STORAGE],
    ['DIMSE', 'chest-pa-cr-01', GRAYSCALE_PRESENTATION_STORAGE],
  ] as const)(
    'are stored with their SEG by %s (%s), come back as they were, and stored again are the same objects',
    async (way, phantom, sopClass) => {
      const source = sourceIn(path.join(repositoryRoot, 'fixtures/phantoms', phantom));
      const input = segInput(source, { lung: blobs(source.frames.length, source.rows, source.columns, 1) });
      const archive = way === 'DIMSE' ? dimse : outsideArchive({ url: orthanc.url });
      for (const _ of ['first', 'again']) {
        const { key, presentation, seg } = await picturesOf(input);
        const outcomes = await archive.store([seg, key, presentation]);
        expect(outcomes.map(({ stored }) => stored)).toEqual([true, true, true]);
        const { studyInstanceUID } = parsePart10(key);
        const series = await archive.searchSeries(studyInstanceUID);
        expect(series.map(({ modality }) => modality).sort()).toEqual(['OT', 'PR', 'SEG']);
        for (const [file, wanted] of [
          [key, SECONDARY_CAPTURE_STORAGE],
          [presentation, sopClass],
        ] as const) {
          const sent = parsePart10(file);
          const there = await archive.searchInstances(studyInstanceUID, sent.seriesInstanceUID);
          expect(there.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual([sent.sopInstanceUID]);
          const back = parsePart10(
            await archive.retrieveInstance(studyInstanceUID, sent.seriesInstanceUID, sent.sopInstanceUID),
          );
          expect(back.sopClassUID).toBe(wanted);
          expect(back.dataset).toEqual(sent.dataset);
          expect(Buffer.concat(back.pixelData ?? []).equals(Buffer.concat(sent.pixelData ?? []))).toBe(true);
        }
      }
    },
  );
});

/** What others read in both objects is what they were made from. */
async function expectToPass(place: string, masks: Readonly<Record<string, Mask>>) {
  const source = sourceIn(place);
  const input = segInput(source, masks);
  const { key, presentation } = await picturesOf(input);
  const verdict = await judgePictures(key, presentation, [place]);
  expect(verdict.errors).toEqual([]);
  expect(verdict.pstate).toEqual([]);
  expect(verdict.key).toMatchObject({
    sopClass: SECONDARY_CAPTURE_STORAGE,
    photometric: 'RGB',
    rows: source.rows,
    columns: source.columns,
    conversion: 'WSD',
    imageType: ['DERIVED', 'SECONDARY'],
    covered: Math.max(...source.frames.keys().map((frame) => coveredOn(frame, Object.values(masks)))),
  });
  expect(new Set(verdict.masks.map(String))).toEqual(new Set(expectedMasks(source, Object.values(masks)).map(String)));
  const colours = input.segments.map(({ target }, index) => [`SEGMENT ${index + 1}`, [...target.color]]);
  expect(verdict.layers).toEqual(colours);
  // One grey level, by rounding.
  expect(verdict.pydicom ?? 0).toBeLessThanOrEqual(1);
  expect(verdict.dcmtk ?? 0).toBeLessThanOrEqual(1);
  expect(verdict.profile ?? 0).toBeLessThanOrEqual(1);
  return verdict;
}

function expectedMasks(source: SourceImage, masks: readonly Mask[]): (readonly [string, string, number, string])[] {
  return source.frames.flatMap(({ instance, frameNumber }, index) =>
    masks.flatMap((mask, segment) => {
      const pixels = pixelsOf(mask, index);
      if (!pixels.includes(1)) return [];
      const digest = createHash('sha256').update(pixels).digest('hex');
      return [[`SEGMENT ${segment + 1}`, instance.sopInstanceUID, frameNumber, digest] as const];
    }),
  );
}
function coveredOn(frame: number, masks: readonly Mask[]): number {
  const all = masks.map((mask) => pixelsOf(mask, frame));
  return all[0]?.reduce((sum, _, at) => sum + (all.some((pixels) => pixels[at]) ? 1 : 0), 0) ?? 0;
}
function pixelsOf({ rows, columns, data }: Mask, frame: number): Uint8Array {
  return data.subarray(frame * rows * columns, (frame + 1) * rows * columns);
}

/** A mask with a hole in each of its shapes: what is less than three pixels from the outside. */
function ringOf(mask: Mask): Mask {
  const { columns, data } = mask;
  const isInner = (at: number) =>
    [-3, 3, -3 * columns, 3 * columns].every((step) => data[at + step] === 1 && data[at + Math.sign(step)] === 1);
  return { ...mask, data: data.map((value, at) => (value === 1 && !isInner(at) ? 1 : 0)) };
}

async function picturesOf(input: SegInput): Promise<{ key: Uint8Array; presentation: Uint8Array; seg: Uint8Array }> {
  const file = encodeSeg(input);
  const seg = parsePart10(file);
  const job = `test/${seg.studyInstanceUID}`;
  const key = await writeKeyImage({ ...input, seg, uids: keyImageUids(job) });
  const presentation = await writePresentation({ ...input, seg, uids: presentationUids(job) });
  if (!key || !presentation) throw new Error('nothing was made');
  return { key, presentation, seg: file };
}

function sourceIn(place: string): SourceImage {
  const files = statSync(place).isDirectory() ? readdirSync(place).map((name) => path.join(place, name)) : [place];
  return assembleSource(files.map((file) => parsePart10(readFileSync(file))));
}
