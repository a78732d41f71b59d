import { type DataSet, type Instance, items, numbers, text } from '@maskwright/dicom';
import { frameKey, framePixels } from '@maskwright/image';
import { imageReference } from '../image-references.ts';
import { isEmpty } from '../mask-words.ts';
import type { PictureInput } from '../picture-input.ts';
import { faultsReadBack, mustBeFaultless } from '../read-back.ts';
import { layerName } from './annotations.ts';
import { encodePresentation } from './encode-presentation.ts';
import { fillOutlines } from './fill.ts';
import { type ShownFrame, type ShownFrames, shownFrames } from './shown-frames.ts';

/**
 * A presentation state that was read back and found right: nothing else is stored.
 * @returns undefined where nothing was found: there is nothing to be outlined
 * @throws MaskwrightError RESULT_INVALID naming what is wrong; PIXELS_* where the source cannot be shown
 */
export async function writePresentation(input: PictureInput): Promise<Uint8Array | undefined> {
  const shown = await shownFrames(input);
  if (shown.frames.length === 0) return undefined;
  const file = encodePresentation(input, shown);
  const faults = checkPresentation(file, input, shown);
  mustBeFaultless(input.uids.sopInstanceUID, faults);
  return file;
}

/** Reads a presentation state back and holds it against its source and masks. @returns nothing where it is right */
export function checkPresentation(file: Uint8Array, input: PictureInput, shown: ShownFrames): readonly string[] {
  return faultsReadBack(file, (instance) => [
    ...checkObject(instance, input, shown),
    ...checkOutlines(instance.dataset, input, shown),
  ]);
}

function* checkObject(written: Instance, { source }: PictureInput, { frames }: ShownFrames): Generator<string> {
  const { dataset } = written;
  const [first] = source.frames;
  if (text(dataset, 'Modality') !== 'PR') yield 'Modality is not PR';
  if (written.studyInstanceUID !== first?.instance.studyInstanceUID) yield 'StudyInstanceUID is not that of the source';
  if (written.seriesInstanceUID === first?.instance.seriesInstanceUID) yield 'SeriesInstanceUID is that of the source';
  const named = new Set(
    items(dataset, 'ReferencedSeriesSequence').flatMap((series) =>
      items(series, 'ReferencedImageSequence').flatMap(placesOf),
    ),
  );
  if (named.size !== frames.length || frames.some((one) => !named.has(placeOf(one))))
    yield 'the images that are referenced are not those with a mask';
}

/** The outlines filled are the masks, of each segment on each frame. */
function* checkOutlines(
  dataset: DataSet,
  { source, segments }: PictureInput,
  { frames }: ShownFrames,
): Generator<string> {
  const annotations = Map.groupBy(items(dataset, 'GraphicAnnotationSequence'), (item) =>
    [...items(item, 'ReferencedImageSequence').flatMap(placesOf), text(item, 'GraphicLayer')].join(),
  );
  for (const shown of frames) {
    for (const [number, segment] of segments.entries()) {
      const mine = annotations.get(`${placeOf(shown)},${layerName(number)}`) ?? [];
      const lines = mine.flatMap((item) =>
        items(item, 'GraphicObjectSequence').map((one) => numbers(one, 'GraphicData')),
      );
      const pixels = framePixels(segment.mask, shown.index);
      if (lines.length === 0 && isEmpty(pixels)) continue;
      if (Buffer.compare(fillOutlines(lines, source.rows, source.columns), pixels) !== 0)
        yield `the outlines of segment ${number + 1} on frame ${shown.index + 1} are not its mask`;
    }
  }
}

/** Instance and number of each frame that an item refers to. */
function placesOf(item: DataSet): string[] {
  const uid = text(item, 'ReferencedSOPInstanceUID') ?? '';
  const frames = numbers(item, 'ReferencedFrameNumber');
  return frames.length > 0 ? frames.map((frame) => frameKey(uid, frame)) : [uid];
}
function placeOf({ frame }: ShownFrame): string {
  const { sopInstanceUID, frameNumber } = imageReference(frame);
  return frameNumber === undefined ? sopInstanceUID : frameKey(sopInstanceUID, frameNumber);
}
