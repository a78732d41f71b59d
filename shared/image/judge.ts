import { type DataSet, has, items, number, numbers, text } from '@maskwright/dicom';
import { jpegHeader } from './codec/jpeg-header.ts';
import { jpeg2000Codestream, jpeg2000Ends } from './codec/jpeg2000-header.ts';
import { describeChecked } from './describe-checked.ts';
import { macroItems, multiframePlanes } from './functional-groups.ts';
import { checkRescale, checkTables } from './gray-pipeline.ts';
import { nativeLength } from './native.ts';
import type { PixelDescription, PixelSource } from './pixel-description.ts';
import { isSpacing, planeOf } from './plane.ts';
import { paletteOf } from './render-colour.ts';
import { isBaselineJpeg, packingOf } from './transfer-syntax.ts';

/** What can be said about an image without decoding it. */
export interface ImageJudgement {
  readonly description: PixelDescription;
  /** Odd, but the image can be segmented. */
  readonly warnings: readonly string[];
}

/** @throws MaskwrightError where the image cannot be segmented, naming the attribute */
export function judgeImage(source: PixelSource): ImageJudgement {
  const { dataset } = source;
  const description = describeChecked(source);
  if (description.photometric === 'PALETTE COLOR') paletteOf(dataset, description.signed);
  checkTables(dataset, description);
  for (const place of macroItems(dataset, 'PixelValueTransformationSequence')) checkRescale(place);
  const planes = planeOf([dataset]) === undefined ? multiframePlanes(dataset) : [];
  return {
    description,
    warnings: [
      ...pixelWarnings(source, description),
      ...jpegWarnings(source),
      ...jpeg2000Warnings(source),
      ...bitWarnings(source, description),
      ...frameWarnings(dataset, description),
      ...planeWarnings(planes),
      ...guessWarnings(dataset, description),
      ...orientationWarnings(dataset),
      ...windowWarnings(dataset),
      ...spacingWarnings(dataset),
    ],
  };
}

function pixelWarnings({ pixelData = [], transferSyntaxUID }: PixelSource, description: PixelDescription): string[] {
  const { frames, photometric } = description;
  if (packingOf(transferSyntaxUID) !== 'native') {
    const more = pixelData.length > frames;
    return more ? [`more frames than declared: ${pixelData.length} instead of ${frames}`] : [];
  }
  const there = pixelData[0]?.length ?? 0;
  const needed = nativeLength(description);
  const longer = photometric !== 'YBR_FULL_422' && there > needed + 1;
  return longer ? [`PixelData longer than declared: ${there} instead of ${needed} bytes`] : [];
}

function jpegWarnings({ pixelData = [], transferSyntaxUID }: PixelSource): string[] {
  if (packingOf(transferSyntaxUID) !== 'jpeg') return [];
  const headers = pixelData.filter(({ length }) => length > 0).map(jpegHeader);
  const lossless = /\.(57|70)$/.test(transferSyntaxUID);
  const sequential = /\.5[01]$/.test(transferSyntaxUID);
  return [
    ...(headers.some(({ ended }) => !ended) ? ['JPEG ends early: no end marker'] : []),
    ...(isBaselineJpeg(transferSyntaxUID) && headers.some(({ bits }) => bits !== 8)
      ? ['JPEG of more than 8 bits under the syntax of 8']
      : []),
    ...(sequential && headers.some((header) => !header.sequential)
      ? ['progressive or lossless JPEG under a transfer syntax of sequential JPEG']
      : []),
    ...(lossless && headers.some((header) => !header.lossless) ? ['lossy JPEG under a lossless transfer syntax'] : []),
  ];
}

function jpeg2000Warnings({ pixelData = [], transferSyntaxUID }: PixelSource): string[] {
  const packing = packingOf(transferSyntaxUID);
  if (packing !== 'jpeg-2000' && packing !== 'htj2k') return [];
  const cut = pixelData
    .filter(({ length }) => length > 0)
    .some((frame) => !jpeg2000Ends(jpeg2000Codestream(frame)).ended);
  return cut ? ['JPEG 2000 ends early: no end marker'] : [];
}

function bitWarnings(
  { dataset, transferSyntaxUID }: PixelSource,
  { bitsStored, lowestBit, float }: PixelDescription,
): string[] {
  const high = number(dataset, 'HighBit');
  if (float || high === undefined || high === bitsStored - 1) return [];
  // A codestream has values, not bits at places.
  const isNative = ['native', 'rle', 'deflated-frame'].includes(packingOf(transferSyntaxUID));
  const which =
    lowestBit > 0 && isNative
      ? `${bitsStored} bits up to it count, the low ones where those below are used`
      : `low ${bitsStored} bits count`;
  return [`HighBit ${high} is not BitsStored − 1; the ${which}`];
}

function frameWarnings(dataset: DataSet, { frames }: PixelDescription): string[] {
  const groups = items(dataset, 'PerFrameFunctionalGroupsSequence').length;
  return groups === 0 || groups === frames
    ? []
    : [`PerFrameFunctionalGroupsSequence has ${groups} items for ${frames} frames`];
}

/** Localizers without any plane occur; one frame without it among others is a fault. */
function planeWarnings(planes: readonly unknown[]): string[] {
  const without = planes.filter((plane) => plane === undefined).length;
  return without === 0 || without === planes.length
    ? []
    : [`${without} of ${planes.length} frames have no position or orientation`];
}

/** What is guessed where it is not said. */
function guessWarnings(dataset: DataSet, { samples, photometric }: PixelDescription): string[] {
  const missing = ['SamplesPerPixel', 'PhotometricInterpretation', 'PixelRepresentation', 'BitsStored'].filter(
    (keyword) => text(dataset, keyword) === undefined,
  );
  if (missing.length === 0 || has(dataset, 'FloatPixelData') || has(dataset, 'DoubleFloatPixelData')) return [];
  return [`${missing.join(', ')} missing: taken as ${samples} unsigned samples, ${photometric}`];
}

function orientationWarnings(dataset: DataSet): string[] {
  const values = numbers(dataset, 'ImageOrientationPatient');
  const lengths = [values.slice(0, 3), values.slice(3, 6)].map((direction) => Math.hypot(...direction));
  const unit = lengths.every((length) => Math.abs(length - 1) < 0.02);
  return values.length !== 6 || unit
    ? []
    : ['ImageOrientationPatient is not of unit length; only its directions count'];
}

function windowWarnings(dataset: DataSet): string[] {
  const usable = [dataset, ...macroItems(dataset, 'FrameVOILUTSequence')].every((place) => {
    const center = number(place, 'WindowCenter');
    const width = number(place, 'WindowWidth');
    const said = ['WindowCenter', 'WindowWidth'].some((keyword) => text(place, keyword) !== undefined);
    return !said || (center !== undefined && width !== undefined && width > 0);
  });
  return usable ? [] : ['WindowCenter or WindowWidth not usable; the range of the pixels is used'];
}

function spacingWarnings(dataset: DataSet): string[] {
  const places = [dataset, ...macroItems(dataset, 'PixelMeasuresSequence')];
  const spacings = ['PixelSpacing', 'ImagerPixelSpacing'].flatMap((keyword) => {
    const usable = places.every((place) => {
      if (text(place, keyword) === undefined) return true;
      const values = numbers(place, keyword);
      return values.length === 2 && values.every(isSpacing);
    });
    return usable ? [] : [`${keyword} not usable; no measurements`];
  });
  const thickness = ['SliceThickness', 'SpacingBetweenSlices'].flatMap((keyword) => {
    const value = number(dataset, keyword);
    // Between slices it may run backwards (NM), and 0 is written for unknown.
    const usable =
      value === undefined || value === 0 || isSpacing(keyword === 'SliceThickness' ? value : Math.abs(value));
    return usable ? [] : [`${keyword} not usable; left aside`];
  });
  const aspect = numbers(dataset, 'PixelAspectRatio');
  const usable =
    text(dataset, 'PixelAspectRatio') === undefined || (aspect.length === 2 && aspect.every((one) => one > 0));
  return [...spacings, ...thickness, ...(usable ? [] : ['PixelAspectRatio not usable; pixels are taken as square'])];
}
