import { type Instance, items, number, parsePart10, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { decodeFrame, framePixels } from '@maskwright/image';
import type { PictureInput } from '../picture-input.ts';
import { mustBeFaultless } from '../read-back.ts';
import { unionOf } from '../source-pixels.ts';
import { encodeKeyImage, type KeyImage, SECONDARY_CAPTURE_STORAGE } from './encode-key-image.ts';
import { keyFrame } from './key-frame.ts';

/**
 * A key image that was read back and found right: nothing else is stored.
 * @returns undefined where nothing was found: there is nothing to be shown
 * @throws MaskwrightError RESULT_INVALID naming what is wrong; PIXELS_* where the source cannot be shown
 */
export async function writeKeyImage(input: PictureInput): Promise<Uint8Array | undefined> {
  const index = keyFrame(input.source, input.segments);
  if (index === undefined) return undefined;
  const image = await encodeKeyImage(input, index);
  const faults = await checkKeyImage(image, input, index);
  mustBeFaultless(input.uids.sopInstanceUID, faults);
  return image.file;
}

/** Reads a key image back and holds it against its source and masks. @returns nothing where it is right */
export async function checkKeyImage(image: KeyImage, input: PictureInput, index: number): Promise<string[]> {
  try {
    const instance = parsePart10(image.file);
    return [...checkObject(instance, input, index), ...(await checkPixels(instance, image.rendered, input, index))];
  } catch (error) {
    if (error instanceof MaskwrightError) return [`cannot be read back: ${error.message}`];
    throw error;
  }
}

function* checkObject(written: Instance, { source }: PictureInput, index: number): Generator<string> {
  const { dataset } = written;
  const { instance } = source.frames[index] ?? {};
  if (written.sopClassUID !== SECONDARY_CAPTURE_STORAGE) yield 'SOPClassUID is no Secondary Capture';
  if (written.studyInstanceUID !== instance?.studyInstanceUID) yield 'StudyInstanceUID is not that of the source';
  if (written.seriesInstanceUID === instance?.seriesInstanceUID)
    yield 'SeriesInstanceUID is that of the source: it would be taken for one of its images';
  if (text(dataset, 'ImageType') !== 'DERIVED') yield 'ImageType does not say that it is derived';
  if (number(dataset, 'Rows') !== source.rows || number(dataset, 'Columns') !== source.columns)
    yield 'Rows and Columns are not those of the source';
  const [reference = {}] = items(dataset, 'SourceImageSequence');
  if (text(reference, 'ReferencedSOPInstanceUID') !== instance?.sopInstanceUID) yield 'the source is not referenced';
  if (!text(dataset, 'SeriesDescription')?.includes('research use only')) yield 'the series has no research-use mark';
}

/** Outside the masks it is the source as it is shown, inside there is a line in a segment's colour. */
async function checkPixels(
  instance: Instance,
  rendered: Uint8Array,
  { segments }: PictureInput,
  index: number,
): Promise<string[]> {
  const { data } = await decodeFrame({ instance, frameNumber: 1 });
  if (data.length !== rendered.length) return [`${data.length} samples, not ${rendered.length}`];
  const masked = unionOf(segments.map((segment) => framePixels(segment.mask, index)));
  const colors = new Set(segments.map(({ target }) => packed(target.color, 0)));
  let changed = 0;
  let lines = 0;
  for (let pixel = 0; pixel * 3 < data.length; pixel += 1) {
    const at = pixel * 3;
    if (masked[pixel]) lines += colors.has(packed(data, at)) ? 1 : 0;
    else if (packed(data, at) !== packed(rendered, at)) changed += 1;
  }
  return [
    ...(changed > 0 ? [`${changed} pixels outside the masks are not those of the source`] : []),
    ...(lines === 0 ? ['the masks cannot be seen'] : []),
  ];
}
function packed(samples: ArrayLike<number>, at: number): number {
  return ((samples[at] ?? 0) << 16) | ((samples[at + 1] ?? 0) << 8) | (samples[at + 2] ?? 0);
}
