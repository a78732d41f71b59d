import { gunzipSync, gzipSync } from 'node:zlib';
import type { Target } from '@maskwright/catalogue';
import type { SourceImage } from '@maskwright/image';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { maskNifti } from './mask-nifti.ts';
import { pictureSource } from './picture-source.ts';
import { referenceMask } from './reference-mask.ts';

const ROWS = 4;
const COLUMNS = 6;
const shape = Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) => Number(i % 7 === 0 || i === 3));
const target: Target = {
  name: 'polyp',
  label: 'Polyp',
  category: { value: '1', scheme: 'SCT', meaning: 'x' },
  type: { value: '1', scheme: 'SCT', meaning: 'x' },
  color: [1, 2, 3],
};

function png(value: number): Uint8Array {
  const image = new PNG({ width: COLUMNS, height: ROWS });
  for (const [i, on] of shape.entries()) {
    image.data.fill(on * value, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  return PNG.sync.write(image);
}
/** These greys in turn. */
function pngOf(values: readonly number[]): Uint8Array {
  const image = new PNG({ width: COLUMNS, height: ROWS });
  for (const i of shape.keys())
    image.data.fill(values[i % values.length] ?? 0, 4 * i, 4 * i + 3).fill(255, 4 * i + 3, 4 * i + 4);
  return PNG.sync.write(image);
}
type Colour = readonly [number, number, number, number];
/** These colours in turn. */
function pngOfColours(...colours: readonly Colour[]): Uint8Array {
  const image = new PNG({ width: COLUMNS, height: ROWS });
  image.data.set([...shape.keys()].flatMap((i) => [...(colours[i % colours.length] ?? [])]));
  return PNG.sync.write(image);
}
/** These greys of 16 bits in turn. */
function pngOf16(values: readonly number[]): Uint8Array {
  const image = new PNG({ width: COLUMNS, height: ROWS });
  image.data = Buffer.from(Uint16Array.from(shape, (_, i) => values[i % values.length] ?? 0).buffer);
  return PNG.sync.write(image, { bitDepth: 16, colorType: 0, inputColorType: 0 });
}
const picture = pictureSource(png(200), 'picture.png');

/** These stored values in turn. */
function nifti(values: readonly number[], edit: (header: Buffer) => void = () => undefined): Uint8Array {
  const data = shape.map((_, i) => values[i % values.length] ?? 0);
  const bytes = gunzipSync(maskNifti({ frames: 1, rows: ROWS, columns: COLUMNS, data }, picture));
  edit(bytes);
  return bytes;
}

/** Two oblique slices, 3 mm apart, pixels of 2 × 0.5 mm. */
function volume(): SourceImage {
  const [frame] = picture.frames;
  if (!frame) throw new Error('a picture has a frame');
  const geometry = (z: number) => ({
    imageOrientationPatient: [0.8, 0.6, 0, 0, 0, -1] as const,
    imagePositionPatient: [10 + z * -0.6, -20 + z * 0.8, 30] as const,
    pixelSpacing: [2, 0.5] as const,
  });
  return { ...picture, volume: true, frames: [0, 3].map((z) => ({ ...frame, geometry: geometry(z) })) };
}

describe('reference masks', () => {
  test.each([255, 1])('a PNG of 0 and %i', (value) => {
    expect(referenceMask(png(value), 'mask.png', picture, target).data).toEqual(shape);
  });

  test.each([1, 3, 255, 65_535])('a PNG of 16 bits, of 0 and %i', (value) => {
    const image = new PNG({ width: COLUMNS, height: ROWS });
    const samples = [...shape].flatMap((on) => [on * value, on * value, on * value, 65_535]);
    image.data = Buffer.from(Uint16Array.from(samples).buffer);
    const bytes = PNG.sync.write(image, { bitDepth: 16, colorType: 0, inputColorType: 6 });
    expect(referenceMask(bytes, 'mask.png', picture, target).data).toEqual(shape);
  });

  test.each([
    [2, 255],
    [90, 200],
  ])('a PNG counts above the half of its largest value, be it %i of %i', (low, high) => {
    const bytes = png(high);
    const image = PNG.sync.read(Buffer.from(bytes));
    image.data.set([low, low, low], 4 * shape.indexOf(0));
    expect(referenceMask(PNG.sync.write(image), 'mask.png', picture, target).data).toEqual(shape);
  });

  test.each<[string, (on: number, at: number) => Colour]>([
    ['white where nothing is seen', (on) => [255, 255, 255, 255 * on]],
    ['white with soft edges', (on, at) => [255, 255, 255, on * 255 || (at % 3) * 40]],
    ['black on nothing', (on) => [0, 0, 0, 255 * on]],
    ['opaque', (on) => [255 * on, 255 * on, 255 * on, 255]],
    ['as transparent everywhere', (on) => [255 * on, 255 * on, 255 * on, 0]],
    ['of 1 where it is seen', (on) => [1, 1, 1, on]],
    ['of red on blue that is not seen', (on) => [255 * on, 0, 255 * (1 - on), 255 * on]],
    ['black on white that is not seen', (on) => (on ? [0, 0, 0, 255] : [255, 255, 255, 0])],
  ])('a PNG with alpha, %s', (_, pixel) => {
    const image = new PNG({ width: COLUMNS, height: ROWS });
    image.data.set([...shape].flatMap((on, at) => [...pixel(on, at)]));
    expect(referenceMask(PNG.sync.write(image), 'mask.png', picture, target).data).toEqual(shape);
  });

  test.each<[string, (on: number, at: number) => Colour]>([
    [
      'one colour with soft edges',
      (on, at) => (on ? [200, 101, 37, 255] : [39 * (at % 3), 20 * (at % 3), 7 * (at % 3), 255]),
    ],
    ['a colour that is hardly one', (on, at) => [250 * on, (248 + (at % 3)) * on, 250 * on, 255]],
    ['white on a dark colour', (on) => (on ? [255, 255, 255, 255] : [0, 0, 60, 255])],
  ])('a PNG of %s is a mask of one structure', (_, pixel) => {
    const image = new PNG({ width: COLUMNS, height: ROWS });
    image.data.set([...shape].flatMap((on, at) => [...pixel(on, at)]));
    expect(referenceMask(PNG.sync.write(image), 'mask.png', picture, target).data).toEqual(shape);
  });

  test('a PNG of many small values is no labels but greys', () => {
    const wide = new PNG({ width: 100, height: 1 });
    for (let i = 0; i < 100; i++) wide.data.set([i, i, i, 255], 4 * i);
    const bytes = PNG.sync.write(wide);
    const read = referenceMask(bytes, 'mask.png', pictureSource(bytes, 'a.png'), target).data;
    expect(read).toEqual(Uint8Array.from({ length: 100 }, (_, i) => Number(i > 49)));
  });

  test('an all-black PNG is an empty mask', () => {
    expect(referenceMask(png(0), 'mask.png', picture, target).data.some(Boolean)).toBe(false);
  });

  test('NIfTI of a picture, compressed or not, by columns and rows or by rows and columns', () => {
    const mask = { frames: 1, rows: ROWS, columns: COLUMNS, data: shape };
    expect(referenceMask(maskNifti(mask, picture), 'mask.nii.gz', picture, target).data).toEqual(shape);
    const turned = Uint8Array.from({ length: shape.length }, (_, i) => {
      return shape[(i % ROWS) * COLUMNS + Math.floor(i / ROWS)] ?? 0;
    });
    const other = maskNifti({ frames: 1, rows: COLUMNS, columns: ROWS, data: turned }, picture);
    expect(referenceMask(other, 'mask.nii.gz', picture, target).data).toEqual(shape);
  });

  test.each<[string, readonly number[], number, readonly number[]]>([
    ['0 and 3', [0, 3], 1, [0, 1]],
    ['0 and 255', [0, 255], 1, [0, 1]],
    ['0 and 1/255', [0, 1], 1 / 255, [0, 1]],
    ['0 and 0.5', [0, 1], 0.5, [0, 1]],
    ['0 and -1', [0, 1], -1, [0, 1]],
    ['shares from 0 to 1', [0, 55, 200, 255], 1 / 255, [0, 0, 1, 1]],
  ])('a NIfTI of %s is a mask of one structure', (_, stored, slope, expected) => {
    const bytes = nifti(stored, (header) => header.writeFloatLE(slope, 112));
    const wanted = shape.map((_on, i) => expected[i % expected.length] ?? 0);
    expect(referenceMask(bytes, 'mask.nii', picture, target).data).toEqual(wanted);
  });

  test.each<[number, number, (bytes: Buffer, value: number, at: number) => void]>([
    [2, 1, (bytes, value, at) => bytes.writeUInt8(value, at)],
    [4, 2, (bytes, value, at) => bytes.writeInt16LE(value, at)],
    [8, 4, (bytes, value, at) => bytes.writeInt32LE(value, at)],
    [16, 4, (bytes, value, at) => bytes.writeFloatLE(value, at)],
    [64, 8, (bytes, value, at) => bytes.writeDoubleLE(value, at)],
    [256, 1, (bytes, value, at) => bytes.writeInt8(value, at)],
    [512, 2, (bytes, value, at) => bytes.writeUInt16LE(value, at)],
    [768, 4, (bytes, value, at) => bytes.writeUInt32LE(value, at)],
    [1024, 8, (bytes, value, at) => bytes.writeBigInt64LE(BigInt(value), at)],
    [1280, 8, (bytes, value, at) => bytes.writeBigUInt64LE(BigInt(value), at)],
  ])('a NIfTI of type %i is read', (type, width, write) => {
    const header = nifti([0], (bytes) => bytes.writeInt16LE(type, 70)).subarray(0, 352);
    const voxels = Buffer.alloc(shape.length * width);
    for (const [i, on] of shape.entries()) write(voxels, on * 3, i * width);
    expect(referenceMask(Buffer.concat([header, voxels]), 'mask.nii', picture, target).data).toEqual(shape);
  });

  test('NIfTI of a volume finds its place by the patient’s coordinates, also when its slices are reversed', () => {
    const source = volume();
    const data = Uint8Array.from([...shape, ...shape.toReversed()]);
    const mask = { frames: 2, rows: ROWS, columns: COLUMNS, data };
    expect(referenceMask(maskNifti(mask, source), 'a.nii.gz', source, target).data).toEqual(data);
    const reversed = { ...source, frames: source.frames.toReversed() };
    const swapped = { ...mask, data: Uint8Array.from([...shape.toReversed(), ...shape]) };
    expect(referenceMask(maskNifti(swapped, reversed), 'a.nii.gz', source, target).data).toEqual(data);
  });

  test('NIfTI that lies nowhere on the image is refused', () => {
    const source = volume();
    const mask = { frames: 2, rows: ROWS, columns: COLUMNS, data: Uint8Array.from([...shape, ...shape]) };
    const away = source.frames.map((frame) => {
      if (!frame.geometry) throw new Error('the volume has places');
      return { ...frame, geometry: { ...frame.geometry, imagePositionPatient: [500, 500, 500] as const } };
    });
    expect(() => referenceMask(maskNifti(mask, source), 'a.nii', { ...source, frames: away }, target)).toThrow(
      expect.objectContaining({ code: 'MASK_INVALID', message: expect.stringMatching(/a\.nii lies nowhere/) }),
    );
  });

  test.each([
    ['of another size', 'mask.png', PNG.sync.write(new PNG({ width: 5, height: 5 })), /5 × 5 pixels, the image 6 × 4/],
    ['of no known kind', 'mask.txt', Buffer.from('hello'), /no PNG, DICOM SEG or NIfTI/],
    ['cut short', 'mask.nii.gz', gzipSync(Buffer.alloc(100)), /no NIfTI-1/],
    ['broken', 'mask.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]), /cannot be decoded/],
    [
      'of a kind for photographs',
      'mask.jpg',
      Buffer.from([0xff, 0xd8, 0xff]),
      /^mask\.jpg is no PNG, DICOM SEG or NIfTI$/,
    ],
    ['of labels in a PNG', 'mask.png', pngOf([0, 1, 2]), /has the labels 1, 2: write one file for each structure/],
    ['of far labels in a PNG', 'mask.png', pngOf([0, 10, 51, 117]), /has the labels 10, 51, 117: write one file/],
    ['of labels in a PNG of 16 bits', 'mask.png', pngOf16([0, 1000, 2000]), /has the labels 1000, 2000: write one/],
    [
      'of the colours of PASCAL VOC',
      'mask.png',
      pngOfColours([0, 0, 0, 255], [128, 0, 0, 255], [0, 128, 0, 255]),
      /^mask\.png has the colours 128 0 0 and 0 128 0: write one file for each structure, of 0 and one other value$/,
    ],
    [
      'of red and blue',
      'mask.png',
      pngOfColours([0, 0, 0, 255], [255, 0, 0, 255], [0, 0, 255, 255]),
      /has the colours 255 0 0 and 0 0 255/,
    ],
    [
      'of red and white',
      'mask.png',
      pngOfColours([255, 0, 0, 255], [255, 255, 255, 255]),
      /has the colours 255 0 0 and 255 255 255/,
    ],
    [
      'of red and green on nothing',
      'mask.png',
      pngOfColours([0, 0, 0, 0], [255, 0, 0, 255], [0, 200, 0, 200]),
      /has the colours 255 0 0 and 0 200 0/,
    ],
    ['of two labels', 'mask.nii', nifti([0, 1, 2]), /has the labels 1, 2: write one file for each structure/],
    [
      'of many labels',
      'mask.nii',
      nifti(Array.from({ length: 12 }, (_, i) => i)),
      /the labels 1, 2, 3, 4, 5, 6, 7, 8 and more/,
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, 352.5, -1].map((offset): [string, string, Uint8Array, RegExp] => [
      `that begins at ${offset}`,
      'mask.nii',
      nifti([0, 1], (header) => header.writeFloatLE(offset, 108)),
      new RegExp(`mask\\.nii: its voxels cannot begin at byte ${offset}`),
    ]),
  ])('a mask %s is refused', (_, file, bytes, message) => {
    expect(() => referenceMask(bytes, file, picture, target)).toThrow(message);
  });
});
