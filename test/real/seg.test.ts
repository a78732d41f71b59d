import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, type Mask, type SourceImage } from '@maskwright/image';
import { FIXTURES } from '@maskwright/phantom';
import { decodeSeg, type SegStyle, writeSeg } from '@maskwright/result';
import { expect, test } from 'vitest';
import { blobs } from '../support/blobs.ts';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../support/needs.ts';
import { judgeSeg } from '../support/seg-check.ts';
import { segInput } from '../support/seg-input.ts';

const REAL: readonly (readonly [what: string, place: string])[] = [
  ['CT, one slice', 'ct/small-128.dcm'],
  ['CT volume', 'ct/liver-3slice'],
  ['CT volume with lossless compression', 'ct/kits-abdomen-arterial'],
  ['CT with gantry tilt', 'ct/ge-head-gantry-tilt'],
  ['CT that was de-identified without saying how', 'ct/cq500-j2k.dcm'],
  ['MR volume, oblique', 'mr/prostate-adc-oblique'],
  ['enhanced MR', 'enhanced/mr-siemens-xa10-6frames.dcm'],
  ['enhanced MR of several planes', 'enhanced/mr-stacks-12frames-several-planes-j2k.dcm'],
  ['CR of the chest, MONOCHROME1', 'xray/cr-chest-konica-mono1-8bit-jpeg.dcm'],
  ['CR with an age that is none', 'xray/cr-chest-rsna-8bit-jpeg.dcm'],
  ['DX', 'xray/dx-dog-thorax-8bit-mono1.dcm'],
  ['XA run', 'xray/xa-coronary-24frames-jpeg-fragmented.dcm'],
  ['endoscopy in colour', 'visible-light/endoscopy-colon-ybr-rct-j2k.dcm'],
  ['photograph', 'visible-light/photo-object-with-icon-jpeg.dcm'],
  ['ultrasound in colour', 'us/single-rgb.dcm'],
  ['ultrasound loop', 'us/multi-8frames-jpeg-fragmented-no-offsets.dcm'],
];

describeWith(needs.judge, 'SEGs of phantoms before an independent judge', () => {
  test.each(FIXTURES.map((make) => make()))('$name with its exact masks', async ({ name, masks, shape }) => {
    const place = path.join(repositoryRoot, 'fixtures/phantoms', name);
    const named = Object.entries(masks).map(([structure, data]) => [
      structure,
      { ...shape, frames: shape.slices, data },
    ]);
    await expectToPass(sourceIn(place), place, Object.fromEntries(named));
  });

  test('nothing found in any frame', async () => {
    const place = path.join(repositoryRoot, 'fixtures/phantoms/chest-ct-03');
    const source = sourceIn(place);
    const { rows, columns, frames } = source;
    const nothing = { frames: frames.length, rows, columns, data: new Uint8Array(frames.length * rows * columns) };
    await expectToPass(source, place, { nothing, neither: nothing });
  });
});

describeWith(needs.judge, 'SEGs before an independent judge', () => {
  describeWith(needs.sharedData, 'of real images', () => {
    test.each(REAL)('%s', async (_, name) => {
      const place = path.join(sharedFolder, 'data/dicom', name);
      const source = sourceIn(place);
      await expectToPass(source, place, { first: ellipses(source, 1), second: ellipses(source, 2) });
    });
  });
});

/** Three slices, a projection, a loop, an object of several frames with planes. */
const STYLED: readonly (readonly [what: string, place: string])[] = [
  ['CT volume', 'ct/liver-3slice'],
  ['CR', 'xray/cr-chest-rsna-8bit-jpeg.dcm'],
  ['ultrasound loop', 'us/multi-8frames-jpeg-fragmented-no-offsets.dcm'],
  ['enhanced MR', 'enhanced/mr-siemens-xa10-6frames.dcm'],
];
const STYLES: readonly SegStyle[] = [
  { form: 'labelmap' },
  { form: 'labelmap', geometry: 'strict' },
  { form: 'fractional' },
  { geometry: 'strict' },
];

describeWith(needs.judge, 'SEGs of other styles before an independent judge', () => {
  describeWith(needs.sharedData, 'of real images', () => {
    test.each(STYLED.flatMap(([what, name]) => STYLES.map((style) => ({ what, name, style }))))(
      '$what as $style',
      async ({ name, style }) => {
        const place = path.join(sharedFolder, 'data/dicom', name);
        const source = sourceIn(place);
        const first = ellipses(source, 1);
        const second = without(ellipses(source, 2), first);
        await expectToPass(source, place, { first, second }, style);
      },
    );
  });
});
function without(mask: Mask, other: Mask): Mask {
  return { ...mask, data: mask.data.map((pixel, at) => (other.data[at] ? 0 : pixel)) };
}

/** The judge passes the object, and we read back from it what was written. */
async function expectToPass(
  source: SourceImage,
  place: string,
  masks: Readonly<Record<string, Mask>>,
  style: SegStyle = {},
): Promise<void> {
  const input = segInput(source, masks);
  const segments = input.segments.map((one) => ({ ...one, probabilities: one.mask.data.map((pixel) => pixel * 255) }));
  const seg = writeSeg({ ...input, segments, style });
  const verdict = await judgeSeg(seg, [place], Object.values(masks));
  expect(verdict.output.split('\n').filter((line) => !line.startsWith('PASS'))).toContainEqual(
    expect.stringMatching(/^\d+ passed, 0 failed$/),
  );
  expect(verdict.passed).toBe(true);
  const read = decodeSeg(parsePart10(seg));
  expect(read.segments.map(({ frames }) => pixelsIn(frames.map(({ data }) => data)))).toEqual(
    Object.values(masks).map(({ data }) => pixelsIn([data])),
  );
}
function pixelsIn(frames: readonly Uint8Array[]): number {
  return frames.reduce((sum, data) => sum + data.filter((pixel) => pixel !== 0).length, 0);
}

function sourceIn(place: string): SourceImage {
  const files = statSync(place).isDirectory() ? readdirSync(place).map((name) => path.join(place, name)) : [place];
  return assembleSource(files.map((file) => parsePart10(readFileSync(file))));
}
function ellipses({ frames, rows, columns }: SourceImage, seed: number): Mask {
  return blobs(frames.length, rows, columns, seed);
}
