import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type KeywordValues, writePart10 } from '@maskwright/dicom';
import { assembleSource, decodeFrame } from '@maskwright/image';
import { beforeEach, describe, expect, test } from 'vitest';
import { SourceSpool } from './source-spool.ts';

const SIDE = 64;
const values: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  StudyInstanceUID: '2.25.2',
  SeriesInstanceUID: '2.25.3',
  SOPInstanceUID: '2.25.4',
  Modality: 'OT',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: SIDE,
  Columns: SIDE,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
};
const imageOf = (index: number, level: number) =>
  writePart10({
    ...values,
    SOPInstanceUID: `2.25.4.${index}`,
    InstanceNumber: index,
    PixelData: new Uint16Array(SIDE * SIDE).fill(level),
  });
async function* inPieces(file: Uint8Array) {
  const piece = Buffer.alloc(1000);
  // One buffer again and again, as a stream may do.
  for (let at = 0; at < file.length; at += piece.length)
    yield piece.subarray(0, piece.write(Buffer.from(file.subarray(at, at + 1000)).toString('latin1'), 'latin1'));
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-source-'));
});

describe('images on disk', () => {
  test('have headers in memory, and each frame is read when it is decoded', async () => {
    const file = await new SourceSpool(folder).open();
    const instances = [];
    for (const index of [1, 2, 3]) instances.push(await file.append(inPieces(imageOf(index, 100 * index))));
    expect(instances.every(({ pixelData }) => pixelData === undefined)).toBe(true);
    const { frames } = assembleSource(instances);
    const levels = await Promise.all(frames.map(async (frame) => (await decodeFrame(frame)).data[SIDE]));
    expect(levels).toEqual([100, 200, 300]);
    await file.close();
  });

  test('are read back alike where they are longer than what is written at once', async () => {
    const file = await new SourceSpool(folder).open();
    const level = (index: number) => 7 * index;
    const instances = [];
    for (let index = 1; index <= 300; index += 1)
      instances.push(await file.append(inPieces(imageOf(index, level(index)))));
    const first = instances.map(async (instance) => (await decodeFrame({ instance, frameNumber: 1 })).data);
    for (const [at, data] of (await Promise.all(first)).entries())
      expect([at, data[0], data.at(-1)]).toEqual([at, level(at + 1), level(at + 1)]);
    await file.close();
  });

  test('have no name that others could open or that a crash would leave', async () => {
    const file = await new SourceSpool(folder).open();
    await file.append(inPieces(imageOf(1, 7)));
    expect(await readdir(folder)).toEqual([]);
    await file.close();
  });

  test('big-endian pixels are kept as they are read', async () => {
    const file = await new SourceSpool(folder).open();
    const instance = await file.append(inPieces(bigEndian(imageOf(1, 0x0102))));
    expect(instance.pixelData).toBeUndefined();
    expect((await decodeFrame({ instance, frameNumber: 1 })).data[5]).toBe(0x0102);
    await file.close();
  });

  test('an instance that comes twice is one where the pixels are the same, and a fault where they are not', async () => {
    const file = await new SourceSpool(folder).open();
    const [first, again, other] = [
      await file.append(inPieces(imageOf(1, 5))),
      await file.append(inPieces(imageOf(1, 5))),
      await file.append(inPieces(imageOf(1, 6))),
    ];
    expect(assembleSource([first, again])).toMatchObject({ warnings: [expect.stringContaining('more than once')] });
    expect(() => assembleSource([first, other])).toThrow(/repeated with other content/);
    await file.close();
  });

  test('what a crash left is removed at the start, and nothing else', async () => {
    await writeFile(path.join(folder, 'source-of-a-crash'), 'x');
    await writeFile(path.join(folder, 'result.json'), 'x');
    await new SourceSpool(folder).clear();
    expect(await readdir(folder)).toEqual(['result.json']);
    await new SourceSpool(path.join(folder, 'absent')).clear();
  });

  test('a folder that cannot be written is named', async () => {
    const spool = new SourceSpool(path.join(folder, 'file', 'below'));
    await writeFile(path.join(folder, 'file'), 'x');
    await expect(spool.open()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

/** The same object in Explicit VR Big Endian: only the elements of this file. */
function bigEndian(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const start = bytes.indexOf(Buffer.from([8, 0, 5, 0]));
  const meta = Buffer.from(bytes.subarray(0, start));
  meta.write('1.2.840.10008.1.2.2', meta.indexOf('1.2.840.10008.1.2.1'));
  const body = Buffer.from(bytes.subarray(start));
  for (let at = 0; at < body.length; ) {
    body.subarray(at, at + 2).swap16();
    body.subarray(at + 2, at + 4).swap16();
    const vr = body.toString('latin1', at + 4, at + 6);
    const long = vr === 'OW' || vr === 'SQ';
    const length = long ? body.readUInt32LE(at + 8) : body.readUInt16LE(at + 6);
    if (long) body.writeUInt32BE(length, at + 8);
    else body.writeUInt16BE(length, at + 6);
    const value = body.subarray(at + (long ? 12 : 8), at + (long ? 12 : 8) + length);
    if (vr === 'US' || vr === 'OW') value.swap16();
    at += (long ? 12 : 8) + length;
  }
  return Buffer.concat([meta, body]);
}
