import { datasetOf, type KeywordValues, writePart10 } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import type { JobState } from '@maskwright/queue';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { Pictures } from './pictures.ts';
import {
  archiveOf,
  catalogueOfRepository,
  event,
  heart,
  image,
  radiographFile,
  segFile,
  series,
  study,
  summary,
} from './sample.ts';
import { fold, type WorklistEntry } from './worklist.ts';

const catalogue = await catalogueOfRepository();

/** The entry that events of one job make. */
function entryOf(index: number, ...states: readonly JobState[]): WorklistEntry {
  const [first, ...rest] = states.map((state, at) => event(index, state, at));
  if (!first) throw new Error('an entry needs an event');
  return rest.reduce(fold, fold(undefined, first));
}

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

describe('masks', () => {
  const { key } = event(1, { kind: 'running' }, 0);
  const seg = segFile(catalogue, key);
  const stored: JobState = { kind: 'stored', sopInstanceUIDs: [seg.uid], result: summary };
  const superseded: JobState = { kind: 'superseded', by: event(2, { kind: 'running' }, 0).key };
  const deleted = { at: '2026-01-01T00:00:09.000Z', sopInstanceUIDs: [seg.uid] };
  const inArchive = new Map<string, Uint8Array>([
    [image, radiographFile()],
    [seg.uid, seg.bytes],
  ]);
  const without = new Map<string, Uint8Array>([[image, radiographFile()]]);

  test.each<[string, readonly JobState[], ReadonlyMap<string, Uint8Array>, readonly string[], boolean]>([
    ['are shown of a stored result', [stored], inArchive, ['Heart'], false],
    ['are still shown when another result has taken its place', [stored, superseded], inArchive, ['Heart'], false],
    ['of a superseded result may be deleted, and no sweep notes it', [stored, superseded], without, [], true],
    ['of a result that was deleted are gone', [{ ...stored, deleted }], without, [], false],
    ['of a result that ended without any are none', [{ kind: 'running' }, superseded], without, [], false],
    ['of a result that needs a person are none', [{ kind: 'needs-person', result: summary }], without, [], false],
  ])('%s', async (_, states, files, labels, gone) => {
    const pictures = new Pictures({ archive: archiveOf(files), catalogue });
    const { segments, isGone } = await pictures.describe(entryOf(1, ...states));
    expect([segments.map(({ label }) => label), isGone]).toEqual([labels, gone]);
  });

  test('are not shown from memory while a result that was deleted is made again', async () => {
    const pictures = new Pictures({ archive: archiveOf(inArchive), catalogue });
    const again: JobState = { kind: 'queued', lane: 'interactive' };
    const shown = [];
    for (const states of [[stored], [stored, again], [stored, again, stored]])
      shown.push((await pictures.describe(entryOf(1, ...states))).segments.length);
    expect(shown).toEqual([1, 0, 1]);
  });

  test('are read again when the result was made again', async () => {
    const files = new Map(inArchive);
    const pictures = new Pictures({ archive: archiveOf(files), catalogue });
    const first = entryOf(1, stored);
    await pictures.mask(first, `${image}/1`, 1);
    const other = Uint8Array.from(heart, (_, at) => Number(at === 0));
    files.set(seg.uid, segFile(catalogue, key, other).bytes);
    const again = PNG.sync.read(await pictures.mask(entryOf(1, stored, { kind: 'running' }, stored), `${image}/1`, 1));
    expect([0, heart.indexOf(1)].map((at) => again.data[at * 4 + 3])).toEqual([255, 0]);
  });

  const refused = async () => {
    throw new MaskwrightError('ARCHIVE_REFUSED', 'status 403');
  };
  const denied = async () => {
    throw new MaskwrightError('ARCHIVE_DENIED', 'status 401');
  };
  const away = async () => {
    throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'status 503');
  };
  test.each<[string, string, Partial<Archive>]>([
    ['not given', 'ARCHIVE_REFUSED', { retrieveInstance: refused }],
    ['not given for now', 'ARCHIVE_UNREACHABLE', { retrieveInstance: away }],
    [
      'neither given nor listed to this account',
      'ARCHIVE_REFUSED',
      { retrieveInstance: refused, searchInstances: refused },
    ],
    ['in an archive that denies', 'ARCHIVE_DENIED', { retrieveInstance: denied, searchInstances: denied }],
    ['in an archive that is away', 'ARCHIVE_UNREACHABLE', { retrieveInstance: away, searchInstances: away }],
    ['damaged', 'DICOM_MALFORMED', { retrieveInstance: async () => seg.bytes.subarray(0, 300) }],
  ])('that are stored and cannot be read are a fault: %s', async (_, code, faults) => {
    const pictures = new Pictures({ archive: { ...archiveOf(inArchive), ...faults }, catalogue });
    await expect(pictures.describe(entryOf(1, stored))).rejects.toMatchObject({ code });
  });

  test('that the archive has no more are said to be gone, until it has them again', async () => {
    const files = new Map(inArchive);
    const pictures = new Pictures({ archive: archiveOf(files), catalogue });
    const told = async () => {
      const { frames, segments, isGone } = await pictures.describe(entryOf(1, stored));
      return { frames, segments: segments.length, isGone };
    };
    files.delete(seg.uid);
    expect(await told()).toEqual({ frames: 1, segments: 0, isGone: true });
    files.set(seg.uid, seg.bytes);
    expect(await told()).toEqual({ frames: 1, segments: 1, isGone: false });
  });
});
