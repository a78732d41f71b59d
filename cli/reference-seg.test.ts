import { datasetOf } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { encodeSeg } from '@maskwright/result';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { exampleInput, exampleInstance, exampleRadiograph, exampleVolume } from '../shared/result/example-source.ts';
import { pictureSource } from './picture-source.ts';
import { referenceMask } from './reference-mask.ts';

const PIXELS = 15;
/** Pixel 2 of the first slice from below, and 7 of the third. */
const shown = [2, 2 * PIXELS + 7];
const on = (data: Uint8Array) => [...data].flatMap((pixel, at) => (pixel ? [at] : []));
const [target] = exampleInput(exampleVolume(3), [shown]).segments.map((segment) => segment.target);
const segOn = (source: SourceImage, pixels: readonly number[] = shown) => encodeSeg(exampleInput(source, [pixels]));
const read = (seg: Uint8Array, source: SourceImage) => {
  if (!target) throw new Error('the example has a target');
  return on(referenceMask(seg, 'truth.dcm', source, target).data);
};

/** The volume with other instances, or lying otherwise. */
function volume(values: Parameters<typeof exampleInstance>[1] = {}, prefix = '9', z = (index: number) => -2 * index) {
  return assembleSource(
    [0, 1, 2].map((index) => {
      const instance = exampleInstance(index + 1, {
        Modality: 'CT',
        FrameOfReferenceUID: '1.2.3.9',
        ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
        ImagePositionPatient: ['-10', '-20', String(z(index))],
        PixelSpacing: ['0.5', '0.75'],
        ...values,
      });
      const uid = `${instance.sopInstanceUID}.${prefix}` as typeof instance.sopInstanceUID;
      return {
        ...instance,
        sopInstanceUID: uid,
        dataset: { ...instance.dataset, ...datasetOf({ SOPInstanceUID: uid }) },
      };
    }),
  );
}

describe('a true mask in a SEG', () => {
  test('lies on the images that its frames name, whatever their order', () => {
    const source = exampleVolume(3);
    expect(read(segOn(source), source)).toEqual(shown);
    const reversed = { ...source, frames: source.frames.toReversed() };
    expect(read(segOn(source), reversed)).toEqual([7, 2 * PIXELS + 2]);
  });

  test('lies where its frames lie, where they name other images of the same space', () => {
    expect(read(segOn(exampleVolume(3)), volume())).toEqual(shown);
    expect(
      read(segOn(exampleVolume(3)), volume({ ImageOrientationPatient: ['1', '0.00001', '0', '0', '1', '0'] })),
    ).toEqual(shown);
  });

  test.each<[string, SourceImage]>([
    ['in another frame of reference', volume({ FrameOfReferenceUID: '1.2.3.10' })],
    ['at another height', volume({}, '9', (index) => 1 - 2 * index)],
    ['turned', volume({ ImageOrientationPatient: ['-1', '0', '0', '0', '-1', '0'] })],
    ['of other spacing', volume({ PixelSpacing: ['0.5', '0.5'] })],
    ['without places', exampleRadiograph()],
  ])('is refused for images %s', (_, source) => {
    expect(() => read(segOn(exampleVolume(3)), source)).toThrow(
      expect.objectContaining({
        code: 'MASK_INVALID',
        message: expect.stringMatching(/truth\.dcm lies on .*not on the image/),
      }),
    );
  });

  test('is refused where it names the image and lies elsewhere', () => {
    const source = volume();
    const shifted = volume({}, '9', (index) => 0.5 - 2 * index);
    expect(() => read(segOn(shifted), source)).toThrow(/names 1\.2\.3\.4\.\d\.9 but lies elsewhere/);
  });

  test('of one image is not taken for another of the same size', () => {
    const other = assembleSource([exampleInstance(2, {})]);
    expect(read(segOn(other, [4]), other)).toEqual([4]);
    expect(() => read(segOn(other, [4]), exampleRadiograph())).toThrow(/lies on 1\.2\.3\.4\.2, not on the image/);
  });

  test('of a picture, which names no image, is taken in its order', () => {
    const picture = pictureSource(PNG.sync.write(new PNG({ width: 5, height: 3 })), 'a.png');
    expect(read(segOn(exampleRadiograph(), [4]), picture)).toEqual([4]);
  });

  test('of two segments without the target is refused, naming them', () => {
    const source = exampleVolume(3);
    const seg = encodeSeg(exampleInput(source, [shown, [1]]));
    if (!target) throw new Error('the example has a target');
    const liver = { ...target, name: 'liver', label: 'Liver' };
    expect(() => referenceMask(seg, 'truth.dcm', source, liver)).toThrow(/no segment Liver; it has Organ 1, Organ 2/);
  });
});
