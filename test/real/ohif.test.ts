import path from 'node:path';
import { ctStudy, endoscopyStudy, radiographStudy } from '@maskwright/phantom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith, needs } from '../support/needs.ts';
import { type RealOhif, startOhif } from '../support/ohif.ts';
import { labelDigest, type ShownLabelmap } from '../support/ohif-page.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import {
  brightShown,
  labelsByFrame,
  phantomShown,
  referenceShown,
  reportShown,
  type ShownStudy,
  versionsShown,
} from '../support/shown-studies.ts';

type Kind = readonly [what: string, make: () => ShownStudy | Promise<ShownStudy>];

/** Of each kind of source one: where a phantom can be it, its masks are exact, else what is bright is labelled. */
const SHOWN: readonly Kind[] = [
  ['CR', () => phantomShown(radiographStudy({ seed: 1, view: 'PA', modality: 'CR', photometric: 'MONOCHROME2' }))],
  ['real CR, MONOCHROME1', () => brightShown('xray/cr-chest-pa-mono1-10bit.dcm')],
  ['DX', () => phantomShown(radiographStudy({ seed: 2, view: 'AP', modality: 'DX', photometric: 'MONOCHROME1' }))],
  ['real DX whose pixels are no multiple of 8', () => brightShown('xray/dx-dog-thorax-8bit-mono1.dcm')],
  ['CT volume', () => phantomShown(ctStudy({ seed: 3 }))],
  ['real CT volume', () => brightShown('ct/kits-abdomen-arterial')],
  [
    'CT with the liver of a reference SEG',
    () => referenceShown('ct/liver-3slice', 'derived/seg-liver-of-ct-3slice.dcm'),
  ],
  ['CT with gantry tilt', () => brightShown('ct/ge-head-gantry-tilt')],
  ['CT of oblique orientation', () => phantomShown(ctStudy({ seed: 33, slices: 6, oblique: [20, 10, 15] }))],
  ['CT with shuffled InstanceNumbers', () => phantomShown(ctStudy({ seed: 31, slices: 8, shuffled: true }))],
  ['CT with pixels that are not square', () => phantomShown(ctStudy({ seed: 32, slices: 6, pixelAspect: 0.6 }))],
  ['MR volume, oblique', () => brightShown('mr/brain-pd-oblique')],
  ['enhanced CT', () => brightShown('enhanced/ct-perfusion-not-fragmented-bot-rle.dcm')],
  ['enhanced MR', () => brightShown('enhanced/mr-sag-loc-15frames-jpegls.dcm')],
  ['enhanced MR, a plane many times', () => brightShown('enhanced/mr-knee-temporal-19frames-j2k.dcm')],
  ['ultrasound', () => brightShown('us/single-rgb.dcm')],
  ['ultrasound loop', () => brightShown('us/multi-echo-10frames-palette-rle.dcm')],
  ['NM without planes in a frame of reference', () => brightShown('nm-pt/nm-wholebody-signed-rle.dcm')],
  ['endoscopy', () => phantomShown(endoscopyStudy({ seed: 4 }))],
  ['photograph', () => brightShown('visible-light/photo-object-with-icon-jpeg.dcm')],
];
const LABELMAP: Kind = ['CT', () => phantomShown(ctStudy({ seed: 34, slices: 4 }), { form: 'labelmap' })];
const REPORT: Kind = ['CT', () => reportShown(ctStudy({ seed: 36, slices: 4 }))];
const VERSIONS: Kind = ['CT', () => versionsShown(ctStudy({ seed: 37, slices: 4 }))];
const FRAGMENTS: Kind = ['X-ray run', () => brightShown('xray/xa-coronary-24frames-jpeg-fragmented.dcm')];
const PLANES: Kind = ['enhanced MR', () => brightShown('enhanced/mr-stacks-12frames-several-planes-j2k.dcm')];
const UNALIGNED: Kind = ['CT', () => phantomShown(ctStudy({ seed: 35, slices: 4, size: 90 }))];
const UNALIGNED_LABELMAP: Kind = [
  'CT',
  () => phantomShown(ctStudy({ seed: 38, slices: 4, size: 90 }), { form: 'labelmap' }),
];
const OTHERS = [LABELMAP, REPORT, VERSIONS, FRAGMENTS, PLANES, UNALIGNED, UNALIGNED_LABELMAP];

/** What OHIF makes of the colours of left lung, right lung, heart, liver and spine in CIELab. */
const COLORS = ['234 61 59', '0 164 231', '102 199 92', '248 199 63', '234 61 59'];

/** Each study waits for the one before it, on a machine that may do other things too. */
const SLOW_MS = 300_000;
/** A folder for pictures of all studies, to look at. */
const screenshots = process.env.OHIF_SCREENSHOTS;

describeWith(needs.ohif, 'SEGs in OHIF, out of Orthanc', () => {
  let orthanc: RealOrthanc;
  let ohif: RealOhif;
  const studies = new Map<Kind, ShownStudy>();
  beforeAll(async () => {
    orthanc = await startOrthanc();
    for (const kind of [...SHOWN, ...OTHERS]) {
      const study = await kind[1]();
      studies.set(kind, study);
      for (const bytes of [...study.images, ...study.results]) await store(bytes, orthanc);
    }
    // What fails of these images is said at any moment, also while another study is looked at.
    const others = [...studies].filter(([kind]) => kind !== FRAGMENTS);
    ohif = await startOhif(
      orthanc.url,
      others.map(([, { studyInstanceUID }]) => studyInstanceUID),
    );
  }, SLOW_MS);
  afterAll(async () => {
    await ohif?.stop();
    await orthanc?.stop();
  });

  async function shownOf(kind: Kind, viewer = ohif) {
    const study = studies.get(kind);
    if (!study) throw new Error(`${kind[0]} was not made`);
    const file = screenshots && path.join(screenshots, `${[...studies.keys()].indexOf(kind)} ${kind[0]}.png`);
    return { study, shown: await viewer.show(study.studyInstanceUID, file) };
  }

  test.each(SHOWN.map((kind) => ({ what: kind[0], kind })))(
    '$what: each label lies on its pixel of its frame',
    async ({ kind }) => {
      const { study, shown } = await shownOf(kind);
      expect(shown.errors).toEqual([]);
      expect(shown.segments).toEqual(Object.keys(study.masks));
      expect(byFrame(shown.slices)).toEqual(expectedOf(study));
    },
    SLOW_MS,
  );

  test.each([
    ['a label map', LABELMAP],
    ['a label map whose pixels are no multiple of 8', UNALIGNED_LABELMAP],
  ])(
    '%s: the same labels, and the background as a segment of its own',
    async (_, kind) => {
      const { study, shown } = await shownOf(kind);
      expect(shown.errors).toEqual([]);
      expect(shown.segments).toEqual(['Background', ...Object.keys(study.masks)]);
      expect(shown.colors).toEqual(COLORS);
      expect(byFrame(shown.slices)).toEqual(expectedOf(study));
    },
    SLOW_MS,
  );

  test(
    'beside a report with measurements: the SEG as without it',
    async () => {
      const { study, shown } = await shownOf(REPORT);
      expect([...(await ohif.modalities(study.studyInstanceUID))].sort()).toEqual(['CT', 'SEG', 'SR']);
      expect(shown.errors).toEqual([]);
      expect(shown.colors).toEqual(COLORS);
      expect(byFrame(shown.slices)).toEqual(expectedOf(study));
    },
    SLOW_MS,
  );

  test(
    'two versions in one series: the later one',
    async () => {
      const { study, shown } = await shownOf(VERSIONS);
      expect([...(await ohif.modalities(study.studyInstanceUID))].sort()).toEqual(['CT', 'SEG']);
      expect(byFrame(shown.slices)).toEqual(expectedOf(study));
    },
    SLOW_MS,
  );

  test(
    'frames of several planes: OHIF refuses the SEG and says why',
    async () => {
      const { shown } = await shownOf(PLANES);
      expect(shown.slices).toEqual([]);
      expect(shown.errors.join('\n')).toContain('SEG frames are out of plane');
    },
    SLOW_MS,
  );

  test(
    'frames that this Orthanc cannot find in a JPEG stream: the labels are in their place, over black',
    async () => {
      const uids = [studies.get(FRAGMENTS)?.studyInstanceUID ?? ''];
      await using opened = new AsyncDisposableStack();
      const viewer = opened.adopt(await startOhif(orthanc.url, uids), (one) => one.stop());
      const { study, shown } = await shownOf(FRAGMENTS, viewer);
      expect(shown.errors.join('\n')).toContain('status of 400');
      expect(byFrame(shown.slices)).toEqual(expectedOf(study));
    },
    SLOW_MS,
  );

  // OHIF 3.13.2 reads each frame from a whole byte on; one that starts in the middle of a byte comes out in stripes some
  // pixels off. As many pixels as ours are labelled all the same, which is why these tests compare each of them.
  test(
    'several binary frames whose pixels are no multiple of 8: OHIF misdraws those that start within a byte',
    async () => {
      const { study, shown } = await shownOf(UNALIGNED);
      const [ours, theirs] = [expectedOf(study), byFrame(shown.slices)];
      expect([...ours].map(([frame, labels]) => theirs.get(frame) === labels)).toEqual([true, false, true, false]);
    },
    SLOW_MS,
  );
});

async function store(bytes: Uint8Array, { url }: RealOrthanc): Promise<void> {
  const response = await fetch(new URL('/instances', url), { method: 'POST', body: Uint8Array.from(bytes) });
  expect(response.ok).toBe(true);
}

/** By image and frame: how many pixels are labelled, and a digest of all labels. */
function byFrame(slices: ShownLabelmap): Map<string, string> {
  return new Map(
    slices.map(({ sopInstanceUID, frame, labelled, digest }) => [
      `${sopInstanceUID} ${frame}`,
      `${labelled} ${digest}`,
    ]),
  );
}
function expectedOf(study: ShownStudy): Map<string, string> {
  const labels = labelsByFrame(study);
  const slices = study.source.frames.map(({ instance, frameNumber }, index) => {
    const data = labels[index] ?? new Uint8Array();
    const labelled = data.filter((label) => label !== 0).length;
    return { sopInstanceUID: instance.sopInstanceUID, frame: frameNumber, labelled, digest: labelDigest(data) };
  });
  return byFrame(slices);
}
