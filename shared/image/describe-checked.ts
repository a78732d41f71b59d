import { MaskwrightError } from '@maskwright/errors';
import { nativeLength } from './native.ts';
import { pixelBytesOf } from './pixel-bytes.ts';
import { corrupt, describePixels, type PixelDescription, type PixelSource } from './pixel-description.ts';
import { packingOf } from './transfer-syntax.ts';

/**
 * The description of an object's pixels, as far as it can be checked without decoding them.
 * @throws MaskwrightError PIXELS_UNSUPPORTED, PIXELS_CORRUPT, NO_PIXEL_DATA, DICOM_MISSING
 */
export function describeChecked(source: PixelSource): PixelDescription {
  const { dataset, transferSyntaxUID } = source;
  const lengths = pixelBytesOf(source)?.lengths;
  if (!lengths) throw new MaskwrightError('NO_PIXEL_DATA', 'no PixelData');
  const description = describePixels(dataset);
  const { frames } = description;
  if (packingOf(transferSyntaxUID) !== 'native') {
    if (lengths.length < frames) throw corrupt(`fewer frames than declared: ${lengths.length} of ${frames}`);
    return description;
  }
  const needed = nativeLength(description);
  const there = lengths[0] ?? 0;
  if (there === 0) throw new MaskwrightError('NO_PIXEL_DATA', 'no PixelData: it is empty');
  if (there < needed) throw corrupt(`PixelData shorter than declared: ${there} of ${needed} bytes`);
  return description;
}
