import { gzipSync } from 'node:zlib';
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
const picture = pictureSource(png(200), 'picture.png');

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
      expect.objectContaining({ code: 'GEOMETRY_INVALID', message: expect.stringMatching(/a\.nii lies nowhere/) }),
    );
  });

  test.each([
    ['of another size', 'mask.png', PNG.sync.write(new PNG({ width: 5, height: 5 })), /5 × 5 pixels, the image 6 × 4/],
    ['of no known kind', 'mask.txt', Buffer.from('hello'), /no PNG, DICOM SEG or NIfTI/],
    ['cut short', 'mask.nii.gz', gzipSync(Buffer.alloc(100)), /no NIfTI-1/],
    ['broken', 'mask.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]), /cannot be decoded/],
  ])('a mask %s is refused', (_, file, bytes, message) => {
    expect(() => referenceMask(bytes, file, picture, target)).toThrow(message);
  });
});
