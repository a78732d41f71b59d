import { datasetOf, StoredPixels } from '@maskwright/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAll } from './decode.ts';

test('a native frame from a file is the frame from memory, and only its bytes are read', async () => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 9 }),
    frames: fc.integer({ min: 1, max: 5 }),
    bits: fc.constantFrom(1, 8, 16, 32),
    samples: fc.constantFrom(1, 3),
    planar: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shape, fc.infiniteStream(fc.nat(255)), async (of, numbers) => {
      const samples = of.bits === 1 ? 1 : of.samples;
      const size = Math.ceil((of.rows * of.columns * samples * of.frames * of.bits) / 8);
      const bytes = Uint8Array.from({ length: size }, () => numbers.next().value ?? 0);
      const dataset = datasetOf({
        Rows: of.rows,
        Columns: of.columns,
        NumberOfFrames: of.frames,
        SamplesPerPixel: samples,
        PlanarConfiguration: Number(of.planar),
        PhotometricInterpretation: samples === 3 ? 'RGB' : 'MONOCHROME2',
        BitsAllocated: of.bits,
        BitsStored: of.bits,
      });
      let most = 0;
      const file = {
        length: size + 7,
        async read(start: number, end: number) {
          most = Math.max(most, end - start);
          return bytes.slice(start - 7, end - 7);
        },
      };
      const source = { dataset, transferSyntaxUID: '1.2.840.10008.1.2.1' };
      const storedPixels = new StoredPixels(file, [[{ start: 7, length: size }]]);
      expect(await Array.fromAsync(decodeAll({ ...source, storedPixels }))).toEqual(
        await Array.fromAsync(decodeAll({ ...source, pixelData: [bytes] })),
      );
      expect(most).toBeLessThanOrEqual(Math.ceil(size / of.frames) + 1);
    }),
  );
});

test('of many frames each takes as long as of few', async () => {
  const pixel = Uint8Array.from([1, 0, 0, 0, 64, ...Array<number>(59).fill(0), 0, 7]);
  const dataset = datasetOf({ Rows: 1, Columns: 1, NumberOfFrames: 60_000, BitsAllocated: 8, BitsStored: 8 });
  const source = { dataset, transferSyntaxUID: '1.2.840.10008.1.2.5', pixelData: Array(60_000).fill(pixel) };
  const before = process.cpuUsage().user;
  let sum = 0;
  for await (const { data } of decodeAll(source)) sum += data[0] ?? 0;
  expect(sum).toBe(7 * 60_000);
  expect(process.cpuUsage().user - before).toBeLessThan(3_000_000);
});
