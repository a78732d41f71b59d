import type { Catalogue } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask, RgbImage, SourceImage } from '@maskwright/image';
import type { BundleShelf } from '@maskwright/model';
import type { Attribute } from '@maskwright/prompt';
import { readAttributes } from './case-request.ts';
import { type CaseImage, type ImageFiles, imagesOf, readImageFiles } from './case-source.ts';
import type { Case } from './evaluate-cases.ts';
import { keyOf } from './evaluate-journal.ts';
import { type Asked, askedFor } from './evaluate-target.ts';
import { readInput } from './read-file.ts';
import { referenceMask } from './reference-mask.ts';

/** An image of which the true mask of one structure is known. */
export interface KnownCase {
  readonly image: ImageFiles;
  readonly source: SourceImage;
  /** Of a picture the pixels that the mask lies on. */
  readonly picture: RgbImage | undefined;
  readonly asked: Asked;
  readonly attributes: readonly Attribute[];
  readonly truth: Mask;
  /** Digests of all that the case's numbers follow from, models apart. */
  readonly content: readonly string[];
}

/** @throws MaskwrightError naming what is wrong with the case */
export async function readKnownCase(one: Case, catalogue: Catalogue, shelf: BundleShelf): Promise<KnownCase> {
  if (one.fault !== undefined) throw new MaskwrightError('USAGE', one.fault);
  const image = await readImageFiles(one.imagePath);
  const mask = await readInput(one.maskPath);
  const words =
    one.attributesPath === undefined ? '' : Buffer.from(await readInput(one.attributesPath)).toString('utf8');
  const images = imagesOf(image, one.image);
  const { family, attributes } = readAttributes(words, one.attributesPath ?? '');
  const asked = askedFor(catalogue, shelf, { ...one, family, source: images[0].source });
  const known = underMask(images, (source) => referenceMask(mask, one.maskPath, source, asked.target));
  return {
    image,
    ...known,
    asked,
    attributes: attributes(catalogue, asked),
    content: [image.digest, keyOf(Buffer.from(mask).toString('base64')), words, asked.target.name, asked.task.digest],
  };
}

/** The first image that the mask fits: some were drawn on a picture that was not yet turned. */
function underMask(images: readonly CaseImage[], read: (source: SourceImage) => Mask) {
  let refusal: unknown;
  for (const { source, picture } of images) {
    try {
      return { source, picture, truth: read(source) };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}
