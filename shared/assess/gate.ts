import { type DataSet, text } from '@maskwright/dicom';
import type { RgbImage } from '@maskwright/image';
import type { ModelView } from './assess.ts';

/** Less cannot show a structure, pixels on the shorter side. */
export const LEAST_SIDE = 32;
/** Grey levels (of 255) that an image must span; less is a blank frame with noise. */
export const LEAST_CONTRAST = 4;
/** "Other": says nothing about how a picture was made (PS3.3 C.7.3.1.1.1). */
const OTHER = 'OT';
/** Modalities whose training images are grey, and those whose are in colour; ultrasound comes in both. */
const GREY = ['CR', 'DX', 'RG', 'CT', 'MR'];
const COLOUR = ['ES', 'XC', 'GM', 'DMS', 'OP'];

/** Reasons why the image itself, without its features, is not what the model was trained for; empty: none. */
export function gate(family: string, dataset: DataSet, image: RgbImage, bundle: ModelView['bundle']): string[] {
  return [
    ...modality(family, dataset, bundle),
    ...photometric(dataset),
    ...(Math.min(image.width, image.height) < LEAST_SIDE
      ? [`the image is only ${image.width} x ${image.height} pixels`]
      : []),
    ...(contrast(image.data) < LEAST_CONTRAST ? ['the image is uniform'] : []),
  ];
}

function modality(family: string, dataset: DataSet, { id, domains }: ModelView['bundle']): string[] {
  const domain = domains.get(family);
  if (!domain) return [`${id} was not trained on ${family} images`];
  const found = text(dataset, 'Modality');
  if (found === undefined || found === OTHER || domain.modalities.includes(found)) return [];
  return [`its modality ${found} is not one that ${id} was trained on (${domain.modalities.join(', ')})`];
}

/** A colour "CT" is a rendering or a screenshot; a grey photograph was taken by another light. */
function photometric(dataset: DataSet): string[] {
  const found = text(dataset, 'Modality');
  const interpretation = text(dataset, 'PhotometricInterpretation');
  if (found === undefined || interpretation === undefined) return [];
  const grey = interpretation.startsWith('MONOCHROME');
  if (grey && COLOUR.includes(found))
    return [`it is grey (${interpretation}), and ${found} training images are in colour`];
  if (!grey && GREY.includes(found))
    return [`it is in colour (${interpretation}), and ${found} training images are grey`];
  return [];
}

function contrast(values: Uint8Array): number {
  let least = 255;
  let most = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}
