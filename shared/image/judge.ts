import { type DataSet, number, numbers, text } from '@maskwright/dicom';
import { describeChecked, isNative } from './decode.ts';
import { multiframePlanes } from './functional-groups.ts';
import { rescaleOf } from './grayscale.ts';
import { nativeLength } from './native.ts';
import type { PixelDescription, PixelSource } from './pixel-description.ts';
import { planeOf } from './plane.ts';
import { paletteOf } from './render-colour.ts';

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
  rescaleOf(dataset);
  if (planeOf([dataset]) === undefined) multiframePlanes(dataset);
  return {
    description,
    warnings: [...pixelWarnings(source, description), ...windowWarnings(dataset), ...spacingWarnings(dataset)],
  };
}

function pixelWarnings(source: PixelSource, description: PixelDescription): string[] {
  const { pixelData = [] } = source;
  const there = pixelData[0]?.length ?? 0;
  const needed = nativeLength(description);
  const longer = isNative(source) && description.photometric !== 'YBR_FULL_422' && there > needed + 1;
  return longer ? [`PixelData longer than declared: ${there} instead of ${needed} bytes`] : [];
}

function windowWarnings(dataset: DataSet): string[] {
  const center = number(dataset, 'WindowCenter');
  const width = number(dataset, 'WindowWidth');
  const said = ['WindowCenter', 'WindowWidth'].filter((keyword) => text(dataset, keyword) !== undefined);
  if (said.length === 0 || (center !== undefined && width !== undefined && width > 0)) return [];
  return ['WindowCenter or WindowWidth not usable; the range of the pixels is used'];
}

function spacingWarnings(dataset: DataSet): string[] {
  return ['PixelSpacing', 'ImagerPixelSpacing'].flatMap((keyword) => {
    if (text(dataset, keyword) === undefined) return [];
    const values = numbers(dataset, keyword);
    const usable = values.length === 2 && values.every((value) => value > 0);
    return usable ? [] : [`${keyword} not usable; no measurements`];
  });
}
