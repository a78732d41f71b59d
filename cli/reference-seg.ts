import type { Target } from '@maskwright/catalogue';
import { type DataSet, items, parsePart10, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { frameKey, geometryOf, type Mask, type PlaneGeometry, planeOf, type SourceImage } from '@maskwright/image';
import { type DecodedFrame, type DecodedSegment, decodeSeg } from '@maskwright/result';
import { mustFit } from './must-fit.ts';

/**
 * A target's mask from a DICOM SEG. Each frame finds its place by the image that it names, else by where it lies in the same
 * frame of reference; those of a picture, which has neither, by their order.
 * @throws MaskwrightError MASK_INVALID naming the file, DICOM_*, PIXELS_UNSUPPORTED
 */
export function maskOfSeg(bytes: Uint8Array, file: string, source: SourceImage, target: Target): Mask {
  const instance = parsePart10(bytes);
  const seg = decodeSeg(instance);
  mustFit(file, seg.columns, seg.rows, source);
  const { rows, columns, frames } = source;
  const mask = { frames: frames.length, rows, columns, data: new Uint8Array(frames.length * rows * columns) };
  const find = placesOf(source, text(instance.dataset, 'FrameOfReferenceUID'), file);
  for (const [order, frame] of segmentOf(seg.segments, target, file).frames.entries())
    mask.data.set(frame.data, find(frame, order) * rows * columns);
  return mask;
}

function placesOf({ frames, dataset }: SourceImage, frameOfReference: string | undefined, file: string) {
  const named = new Map(
    frames.map(({ instance, frameNumber }, at) => [frameKey(instance.sopInstanceUID, frameNumber), at]),
  );
  const sameSpace = frameOfReference !== undefined && frameOfReference === text(dataset, 'FrameOfReferenceUID');
  const isPicture = text(dataset, 'SOPInstanceUID') === undefined;
  return (frame: DecodedFrame, order: number): number => {
    const where = geometryIn(frame.groups);
    const at = named.get(frameKey(frame.sourceSOPInstanceUID, frame.frameNumber));
    if (at !== undefined) {
      const own = frames[at]?.geometry;
      if (!sameSpace || !own || !where || isSamePlane(own, where)) return at;
      throw new MaskwrightError('MASK_INVALID', `${file} names ${frame.sourceSOPInstanceUID} but lies elsewhere`);
    }
    const lying =
      sameSpace && where ? frames.findIndex(({ geometry }) => geometry && isSamePlane(geometry, where)) : -1;
    if (lying >= 0) return lying;
    if (isPicture && order < frames.length) return order;
    const on = frame.sourceSOPInstanceUID || 'a plane of its own';
    throw new MaskwrightError('MASK_INVALID', `${file} lies on ${on}, not on the image`);
  };
}

function geometryIn(groups: DataSet): PlaneGeometry | undefined {
  const places = ['PlanePositionSequence', 'PlaneOrientationSequence', 'PixelMeasuresSequence'];
  const plane = planeOf(places.flatMap((keyword) => items(groups, keyword)));
  return plane && geometryOf(plane);
}

/** Within a tenth of a pixel: decimal strings are rounded, and some tools keep single precision. */
function isSamePlane(a: PlaneGeometry, b: PlaneGeometry): boolean {
  const pixel = Math.min(...a.pixelSpacing);
  const near = (one: readonly number[], other: readonly number[], most: number) =>
    one.every((value, axis) => Math.abs(value - (other[axis] ?? Number.NaN)) <= most);
  return (
    near(a.imagePositionPatient, b.imagePositionPatient, pixel / 10) &&
    near(a.imageOrientationPatient, b.imageOrientationPatient, 1e-3) &&
    near(a.pixelSpacing, b.pixelSpacing, pixel / 100)
  );
}

function segmentOf(segments: readonly DecodedSegment[], target: Target, file: string): DecodedSegment {
  const names = [target.label, target.name].map((name) => name.toLowerCase());
  const named = segments.find(({ label }) => names.includes(label.toLowerCase()));
  const [only] = segments;
  const found = named ?? (segments.length === 1 ? only : undefined);
  if (found) return found;
  const labels = segments.map(({ label }) => label).join(', ');
  throw new MaskwrightError('MASK_INVALID', `${file} has no segment ${target.label}; it has ${labels || 'none'}`);
}
