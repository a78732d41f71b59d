import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeWith, needs, sharedFolder } from '../../test/support/needs.ts';
import { writePart10 } from './part10.ts';
import { parsePart10 } from './read-part10.ts';
import { readStored } from './read-stored.ts';
import type { StoredFile } from './stored-pixels.ts';

/** A file that tells how much of it was read. */
function fileOf(bytes: Uint8Array): StoredFile & { most: number } {
  const file = {
    length: bytes.length,
    most: 0,
    async read(start: number, end: number) {
      file.most = Math.max(file.most, end - start);
      return bytes.slice(start, end);
    },
  };
  return file;
}

/** What reading a file from disk gives, with its pixels fetched. */
async function stored(bytes: Uint8Array) {
  const { storedPixels, ...instance } = await readStored(fileOf(bytes));
  if (!storedPixels) return instance;
  const pixelData = await Promise.all(storedPixels.lengths.map((_, entry) => storedPixels.read(entry)));
  return { ...instance, pixelData };
}
const plain = (instance: { pixelData?: readonly Uint8Array[] }) => ({
  ...instance,
  pixelData: instance.pixelData?.map((entry) => Buffer.from(entry).toString('base64')),
});

const values = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
  SOPInstanceUID: '2.25.1',
  StudyInstanceUID: '2.25.2',
  SeriesInstanceUID: '2.25.3',
  Rows: 512,
  Columns: 512,
  NumberOfFrames: 8,
  BitsAllocated: 8,
};
const large = writePart10({ ...values, PixelData: Uint8Array.from({ length: 8 * 512 * 512 }, (_, at) => at % 251) });

describe('a file on disk', () => {
  test('is read no further than its pixel data, which are fetched piece by piece', async () => {
    const file = fileOf(large);
    const { storedPixels, pixelData } = await readStored(file);
    expect(pixelData).toBeUndefined();
    expect(storedPixels?.lengths).toEqual([8 * 512 * 512]);
    expect(file.most).toBeLessThanOrEqual(64 * 1024);
    const [whole = new Uint8Array()] = parsePart10(large).pixelData ?? [];
    expect(await storedPixels?.read(0, 1000, 1010)).toEqual(whole.slice(1000, 1010));
    expect((await storedPixels?.read(0, whole.length - 4))?.length).toBe(4);
  });

  test('with a header longer than most is read all the same', async () => {
    const long = writePart10({
      ...values,
      ImageComments: 'x'.repeat(9000),
      DerivationDescription: 'y'.repeat(1000),
      PixelData: new Uint8Array(900_000),
      ReferencedImageSequence: Array.from({ length: 2000 }, (_, at) => ({
        ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        ReferencedSOPInstanceUID: `2.25.${at}`,
      })),
    });
    expect(plain(await stored(long))).toEqual(plain(parsePart10(long)));
    expect((await readStored(fileOf(long))).storedPixels?.lengths).toEqual([900_000]);
  });

  const deflated = () => {
    const syntax = Buffer.from(large);
    const at = syntax.indexOf('1.2.840.10008.1.2.1\0');
    const metaEnd = syntax.indexOf(Buffer.from([8, 0, 5, 0]), at);
    const head = Buffer.from(syntax.subarray(0, metaEnd));
    const uid = Buffer.from('1.2.840.10008.1.2.1.99');
    const meta = Buffer.concat([head.subarray(0, at), uid, head.subarray(at + 20)]);
    meta.writeUInt16LE(uid.length, at - 2);
    meta.writeUInt32LE(head.readUInt32LE(140) + 2, 140);
    return Buffer.concat([meta, deflateRawSync(syntax.subarray(metaEnd))]);
  };
  test.each<[string, () => Uint8Array]>([
    ['deflated', deflated],
    ['with zeros behind', () => Buffer.concat([large, Buffer.alloc(100)])],
    ['without pixels', () => writePart10(values)],
    ['of a few bytes', () => writePart10({ ...values, PixelData: new Uint8Array(4) })],
  ])('%s gives what it gives in memory', async (_, bytes) => {
    expect(plain(await stored(bytes()))).toEqual(plain(parsePart10(bytes())));
  });

  test('cut anywhere is refused as it is in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: large.length - 1 }), async (length) => {
        const cut = large.subarray(0, length);
        const outcome = (read: Promise<unknown>) =>
          read.then(
            () => 'read',
            (error: Error) => error.message,
          );
        expect(await outcome(stored(cut))).toBe(await outcome(Promise.resolve(cut).then(parsePart10)));
      }),
      { numRuns: 30 },
    );
  });
});

describeWith(needs.sharedData, 'every file of the test data reads alike from disk and in memory', () => {
  test('by data set, pixels, oddities or the refusal', { timeout: 120_000 }, async () => {
    const folder = path.join(sharedFolder, 'data/dicom');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    let fromDisk = 0;
    for (const entry of files.filter((one) => one.isFile() && one.name.endsWith('.dcm'))) {
      const file = path.join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      if (bytes.length > 8 << 20) continue;
      const [ours, wanted] = await Promise.all(
        [stored(bytes), Promise.resolve(bytes).then(parsePart10)].map((read) =>
          read.then(plain, (error: Error) => error.message),
        ),
      );
      expect(ours, file).toEqual(wanted);
      if ((await readStored(fileOf(bytes)).catch(() => undefined))?.storedPixels) fromDisk += 1;
    }
    expect(fromDisk).toBeGreaterThan(50);
  });
});
