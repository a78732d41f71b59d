import { datasetOf, type KeywordValues, writePart10 } from '@maskwright/dicom';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { Pictures } from './pictures.ts';
import { archiveOf, catalogueOfRepository, entryOf, series, study } from './sample.ts';
import type { WorklistEntry } from './worklist.ts';

const catalogue = await catalogueOfRepository();

const AXIAL = ['1', '0', '0', '0', '1', '0'];
const CORONAL = ['1', '0', '0', '0', '0', '-1'];
const grey = (at: number, others: KeywordValues): KeywordValues => ({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
  SOPInstanceUID: `1.2.3.4.${at + 1}`,
  StudyInstanceUID: study,
  SeriesInstanceUID: series,
  Modality: 'MR',
  Rows: 2,
  Columns: 2,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
  ...others,
});
/** An enhanced MR of two frames with the same stored values. */
const enhanced = (frames: readonly { readonly window: string; readonly plane: readonly string[] }[]) =>
  grey(0, {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
    NumberOfFrames: frames.length,
    PerFrameFunctionalGroupsSequence: frames.map(({ window, plane }, at) => ({
      PlaneOrientationSequence: [{ ImageOrientationPatient: plane }],
      PlanePositionSequence: [{ ImagePositionPatient: ['0', '0', `${at}`] }],
      PixelMeasuresSequence: [{ PixelSpacing: ['1', '1'] }],
      FrameVOILUTSequence: [{ WindowCenter: window, WindowWidth: '10' }],
    })),
  });
/** The pictures of a series of these images; more of them may come late. */
function picturesOf(images: readonly KeywordValues[], length = 4) {
  const pixels = Uint8Array.from({ length }, () => 100);
  const files = images.map((one) => [String(one.SOPInstanceUID), writePart10({ ...one, PixelData: pixels })] as const);
  const archive = { ...archiveOf(new Map(files)), retrieveMetadata: async () => images.map((one) => datasetOf(one)) };
  return new Pictures({ archive, catalogue });
}

describe('an enhanced image of several frames', () => {
  test('shows each frame by its own window', async () => {
    const pictures = picturesOf(
      [
        enhanced([
          { window: '200', plane: AXIAL },
          { window: '50', plane: AXIAL },
        ]),
      ],
      8,
    );
    const entry = { ...entryOf(1, { kind: 'running' }), task: 'a task without a window' };
    const shades = [];
    for (const frame of [1, 2]) shades.push(PNG.sync.read(await pictures.image(entry, `1.2.3.4.1/${frame}`)).data[0]);
    expect(shades).toEqual([0, 255]);
  });

  test('says of each frame which way the patient lies in it, once where they are alike', async () => {
    const frames = [AXIAL, CORONAL, AXIAL].map((plane) => ({ window: '50', plane }));
    const entry = entryOf(1, { kind: 'running' });
    const axial = { left: 'R', right: 'L', top: 'A', bottom: 'P' };
    const coronal = { left: 'R', right: 'L', top: 'H', bottom: 'F' };
    expect((await picturesOf([enhanced(frames)]).describe(entry)).edges).toEqual([axial, coronal, axial]);
    expect((await picturesOf([enhanced(frames.slice(0, 1))]).describe(entry)).edges).toEqual([axial]);
  });
});

test('single images of a series each say which way the patient lies', async () => {
  const radiograph = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1', Modality: 'CR' };
  const images = [['L', 'F'], ['A', 'F'], []].map((PatientOrientation, at) =>
    grey(at, { ...radiograph, InstanceNumber: at, PatientOrientation }),
  );
  expect((await picturesOf(images).describe(entryOf(1, { kind: 'running' }))).edges).toEqual([
    { left: 'R', right: 'L', top: 'H', bottom: 'F' },
    { left: 'P', right: 'A', top: 'H', bottom: 'F' },
    null,
  ]);
});

test('the images that the task got are shown, whatever else is in the series', async () => {
  const views = ['LL', 'PA', 'RL'].map((ViewPosition, at) =>
    grey(at, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1', Modality: 'CR', BodyPartExamined: 'CHEST', ViewPosition }),
  );
  const described = await picturesOf(views).describe(entryOf(1, { kind: 'running' }));
  expect(described.slices).toEqual(['1.2.3.4.2/1']);
});

test('of a result that is of the images of one size these are shown', async () => {
  const images = [2, 1, 2].map((Rows, at) =>
    grey(at, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1', Modality: 'CR', Rows, Columns: 2, InstanceNumber: at }),
  );
  const entry = { ...entryOf(1, { kind: 'running' }), matrix: '2x2' } as const;
  const { rows, slices } = await picturesOf(images).describe(entry);
  expect([rows, slices]).toEqual([2, ['1.2.3.4.1/1', '1.2.3.4.3/1']]);
});

test('of a series that was deleted it is said that its images are gone', async () => {
  await expect(picturesOf([]).describe(entryOf(1, { kind: 'running' }))).rejects.toMatchObject({ code: 'SOURCE_GONE' });
});

test('late images are seen in the result that is made of them, and each result keeps its own slices', async () => {
  const images = [0, 1, 2].map((at) => grey(at, { InstanceNumber: at }));
  const there = images.slice(0, 2);
  const pictures = picturesOf(there);
  const [early, late] = [entryOf(1, { kind: 'running' }), entryOf(2, { kind: 'running' })];
  expect((await pictures.describe(early)).frames).toBe(2);
  there.push(...images.slice(2));
  const described = await pictures.describe(late);
  expect(described.frames).toBe(3);
  expect(described.slices).toEqual(['1.2.3.4.1/1', '1.2.3.4.2/1', '1.2.3.4.3/1']);
  expect((await pictures.describe(early)).slices).toEqual(['1.2.3.4.1/1', '1.2.3.4.2/1']);
});

test('an image is asked for by its name, whatever came to lie before it', async () => {
  const images = [1, 2].map((at) =>
    grey(at, { InstanceNumber: at, WindowCenter: at === 1 ? '200' : '50', WindowWidth: '10' }),
  );
  const shade = async (pictures: Pictures, entry: WorklistEntry) =>
    PNG.sync.read(await pictures.image({ ...entry, task: 'a task without a window' }, '1.2.3.4.2/1')).data[0];
  const all = [grey(0, { InstanceNumber: 0, WindowCenter: '50', WindowWidth: '10' }), ...images];
  expect(await shade(picturesOf(images), entryOf(1, { kind: 'running' }))).toBe(0);
  expect(await shade(picturesOf(all), entryOf(2, { kind: 'running' }))).toBe(0);
});
