import { parsePart10, parseUid, type SOPInstanceUID, writePart10 } from '@maskwright/dicom';
import type { Archive, StoreOutcome } from '@maskwright/dicomweb';
import { describe, expect, test } from 'vitest';
import { deliver } from './deliver.ts';

const uid = (number: number) => parseUid<SOPInstanceUID>(`1.2.3.4.${number}`, 'SOPInstanceUID');
const file = (number: number, pixel = 1) =>
  writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
    SOPInstanceUID: uid(number),
    StudyInstanceUID: '1.2.3',
    SeriesInstanceUID: '1.2.3.4',
    Modality: 'SEG',
    Rows: 4,
    Columns: 4,
    BitsAllocated: 8,
    PixelData: new Uint8Array(16).fill(pixel),
  });
const stored = (number: number, warning?: number): StoreOutcome => ({
  sopInstanceUID: uid(number),
  stored: true,
  ...(warning === undefined ? {} : { warning }),
});
const failed = (number: number, reason: number): StoreOutcome => ({
  sopInstanceUID: uid(number),
  stored: false,
  reason,
});

/** An archive that holds these objects and answers STOW-RS so. */
function archiveWith(kept: readonly Uint8Array[], outcomes: readonly StoreOutcome[]) {
  const sent: string[] = [];
  const unused = () => {
    throw new Error('not used here');
  };
  const archive: Archive = {
    searchStudies: unused,
    searchSeries: unused,
    retrieveMetadata: unused,
    describeInstances: unused,
    retrieveFiles: unused,
    retrieveFrames: unused,
    searchInstances: async () =>
      kept
        .map(parsePart10)
        .map(({ sopInstanceUID, sopClassUID, dataset }) => ({ sopInstanceUID, sopClassUID, dataset })),
    retrieveInstance: async (_study, _series, instance) => {
      const found = kept.find((one) => parsePart10(one).sopInstanceUID === instance);
      if (!found) throw new Error(`${instance} is not there`);
      return found;
    },
    async store(files) {
      sent.push(...files.map((one) => parsePart10(one).sopInstanceUID));
      return [...outcomes];
    },
  };
  return { archive, sent };
}
const now = new AbortController().signal;
const fresh = { objects: [file(1), file(2)], again: false, waitedMs: 0 };

describe('a delivery', () => {
  test('is done when every object of it is stored', async () => {
    const { archive, sent } = archiveWith([], [stored(1), stored(2)]);
    await deliver(archive, fresh, now);
    expect(sent).toEqual([uid(1), uid(2)]);
  });

  test('that may have been made before sends only what the archive lacks', async () => {
    const { archive, sent } = archiveWith([file(1)], [stored(2)]);
    await deliver(archive, { ...fresh, again: true }, now);
    expect(sent).toEqual([uid(2)]);
    const whole = archiveWith([file(1), file(2)], []);
    await deliver(whole.archive, { ...fresh, again: true }, now);
    expect(whole.sent).toEqual([]);
  });

  test.each<[string, readonly StoreOutcome[], number, string]>([
    ['has no room for one of them', [stored(1), failed(2, 0xa700)], 0, 'ARCHIVE_FULL'],
    ['could not process it', [stored(1), failed(2, 0x0110)], 0, 'ARCHIVE_FULL'],
    ['says nothing about it', [stored(1)], 0, 'ARCHIVE_FULL'],
    ['has been saying so for more than a day', [stored(1), failed(2, 0x0110)], 25 * 3600_000, 'ARCHIVE_REFUSED'],
    ['does not know the class', [stored(1), failed(2, 0x0122)], 0, 'ARCHIVE_REFUSED'],
    ['calls its UID invalid', [failed(1, 0x0117), stored(2)], 0, 'ARCHIVE_REFUSED'],
    ['calls an attribute of it invalid', [failed(1, 0x0106), stored(2)], 0, 'ARCHIVE_REFUSED'],
    ['takes it from others only', [failed(1, 0x0124), stored(2)], 0, 'ARCHIVE_REFUSED'],
    ['fails with the last code of another class', [failed(1, 0xa9ff), stored(2)], 0, 'ARCHIVE_REFUSED'],
    ['fails with the first code after those', [failed(1, 0xaa00), stored(2)], 0, 'ARCHIVE_FULL'],
    ['fails with the code of a warning', [failed(1, 0xb000), stored(2)], 0, 'ARCHIVE_FULL'],
    ['cannot understand it', [failed(1, 0xc000), stored(2)], 0, 'ARCHIVE_REFUSED'],
    ['finds that it does not match its class', [failed(1, 0xa900), stored(2)], 0, 'ARCHIVE_REFUSED'],
  ])('to an archive that %s is not done', async (_title, outcomes, waitedMs, code) => {
    await expect(deliver(archiveWith([], outcomes).archive, { ...fresh, waitedMs }, now)).rejects.toMatchObject({
      code,
    });
  });

  test('of which the archive says that it failed, but has it, is done', async () => {
    await deliver(archiveWith([file(1), file(2)], [failed(1, 0x0110)]).archive, fresh, now);
  });

  test('stored with a warning is done where the pixels are those that were sent, else refused', async () => {
    const warned = [stored(1, 0xb000), stored(2)];
    await deliver(archiveWith([file(1)], warned).archive, fresh, now);
    await expect(deliver(archiveWith([file(1, 7)], warned).archive, fresh, now)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining('B000H'),
    });
  });
});
