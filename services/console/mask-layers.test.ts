import type { Archive } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import type { JobState } from '@maskwright/queue';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { Pictures } from './pictures.ts';
import {
  archiveOf,
  catalogueOfRepository,
  entryOf,
  event,
  heart,
  image,
  radiographFile,
  segFile,
  summary,
} from './sample.ts';

const catalogue = await catalogueOfRepository();

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
