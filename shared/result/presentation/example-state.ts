import { type DataSet, items, type KeywordValues, parsePart10, text } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { exampleInput, exampleInstance } from '../example-source.ts';
import { type PictureInput, presentationUids } from '../picture-input.ts';
import { writePresentation } from './write-presentation.ts';

/** Rows and columns of `exampleInstance`. */
export const PIXELS = 15;
export const GREY: KeywordValues = {
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
};
export const WINDOW = { WindowCenter: ['40', '300'], WindowWidth: ['400', '1500'] };
export const COLOUR: KeywordValues = {
  ...GREY,
  Modality: 'XC',
  SamplesPerPixel: 3,
  PhotometricInterpretation: 'RGB',
  PlanarConfiguration: 0,
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
};
/** Slices with a ramp of grey values; each its own attributes. */
export function sourceOf(...slices: readonly KeywordValues[]): SourceImage {
  return assembleSource(
    slices.map((values, index) => ({
      ...exampleInstance(index + 1, { ...GREY, ...values }),
      pixelData: [new Uint8Array(Uint16Array.from({ length: PIXELS * 2 }, (_, at) => at * 10).buffer)],
    })),
  );
}
export function inputOf(source: SourceImage, shown: readonly (readonly number[])[]): PictureInput {
  return { ...exampleInput(source, shown), uids: presentationUids('a job') };
}
export async function written(source: SourceImage, shown: readonly (readonly number[])[]): Promise<DataSet> {
  return parsePart10((await writePresentation(inputOf(source, shown))) ?? new Uint8Array()).dataset;
}
/** Of each image that an item refers to the last digit of its SOPInstanceUID. */
export const images = (item: DataSet): string[] =>
  items(item, 'ReferencedImageSequence').map((one) => text(one, 'ReferencedSOPInstanceUID')?.slice(-1) ?? '');
