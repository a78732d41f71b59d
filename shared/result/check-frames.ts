import { type DataSet, type Instance, items, number, numbers, text } from '@maskwright/dicom';
import { frameKey, framePixels } from '@maskwright/image';
import type { Fault } from './check-seg.ts';
import { isEmpty } from './mask-words.ts';
import { type SegFramePixels, segFrames } from './seg-frames.ts';
import type { SegInput } from './seg-input.ts';
import type { SourceGeometry } from './source-geometry.ts';

/** Frames against the source and the masks, one unpacked at a time. A fault of many frames is said once, with how many. */
export function checkFrames(instance: Instance, input: SegInput, geometry: SourceGeometry): Fault[] {
  const { dataset } = instance;
  const stated = number(dataset, 'NumberOfFrames');
  const described = items(dataset, 'PerFrameFunctionalGroupsSequence').length;
  const faults = new Tally();
  if (stated !== described || described === 0) faults.add(`NumberOfFrames is ${stated}, described are ${described}`);
  const places = new Map(
    input.source.frames.map(({ instance, frameNumber }, index) => [
      frameKey(instance.sopInstanceUID, frameNumber),
      index,
    ]),
  );
  const left = shownFrames(input, dataset);
  for (const frame of segFrames(instance)) {
    const sourceIndex = checkSource(frame.group, places, faults);
    if (sourceIndex === undefined) continue;
    checkPlane(frame.group, geometry, sourceIndex, faults);
    checkPixels(frame, sourceIndex, input, faults);
    for (const number of numbersIn(frame, input)) left.delete(`${number} ${sourceIndex}`);
  }
  if (left.size > 0) faults.add(`${left.size} frames of masks are missing`);
  return faults.said();
}

class Tally {
  readonly #counts = new Map<Fault, number>();
  add(fault: Fault): void {
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
  }
  said(): Fault[] {
    return [...this.#counts].map(([fault, count]) => (count === 1 ? fault : `${fault} (${count} frames)`));
  }
}

/** Index of the source's frame that this one names. */
function checkSource(group: DataSet, places: ReadonlyMap<string, number>, faults: Tally): number | undefined {
  const [derivation = {}] = items(group, 'DerivationImageSequence');
  const [image] = items(derivation, 'SourceImageSequence');
  if (!image) {
    faults.add('a frame does not name its source image: OHIF paints wrong slices');
    return undefined;
  }
  if (text(image, 'SpatialLocationsPreserved') !== 'YES')
    faults.add('SpatialLocationsPreserved is not YES: Weasis skips it');
  const uid = text(image, 'ReferencedSOPInstanceUID') ?? '';
  const index = places.get(frameKey(uid, number(image, 'ReferencedFrameNumber') ?? 1));
  if (index === undefined) faults.add('a frame names an image that is not of the source');
  return index;
}

/** Further than this, in mm, a mask is not where its image is: decimal strings have sixteen characters. */
const SAME_PLACE = 1e-3;

function checkPlane(group: DataSet, { kind, planes }: SourceGeometry, sourceIndex: number, faults: Tally): void {
  const [position] = items(group, 'PlanePositionSequence');
  const [orientation] = items(group, 'PlaneOrientationSequence');
  const [measures] = items(group, 'PixelMeasuresSequence');
  if (kind === 'none') {
    if (position || orientation) faults.add('a frame has a plane, which its source has not');
    return;
  }
  const plane = planes[sourceIndex];
  if (!position || !orientation || !measures || !plane) {
    faults.add('a frame has no position, orientation or pixel measures: OHIF and 3D Slicer crash');
    return;
  }
  const fits =
    near(numbers(position, 'ImagePositionPatient'), plane.position) &&
    near(numbers(orientation, 'ImageOrientationPatient'), plane.orientation) &&
    near(numbers(measures, 'PixelSpacing'), plane.measures.PixelSpacing);
  if (!fits) faults.add('a frame does not lie in the plane of its source image');
}
function near(values: readonly number[], wanted: readonly string[]): boolean {
  return (
    values.length === wanted.length && values.every((value, at) => Math.abs(value - Number(wanted[at])) < SAME_PLACE)
  );
}

function checkPixels({ segment, pixels }: SegFramePixels, sourceIndex: number, input: SegInput, faults: Tally): void {
  if (segment === undefined) {
    if (!sameLabels(pixels, sourceIndex, input)) faults.add('a frame does not show the masks that it was made from');
    return;
  }
  const given = input.segments[segment - 1];
  if (!given) {
    faults.add(`a frame shows segment ${segment}, which is none`);
    return;
  }
  const wanted = input.style?.form === 'fractional' && given.probabilities;
  const same = wanted
    ? Buffer.compare(framePixels(given.mask, sourceIndex, wanted), Uint8Array.from(pixels)) === 0
    : sameMask(framePixels(given.mask, sourceIndex), pixels);
  if (!same) faults.add('a frame does not show the mask that it was made from');
}
function sameMask(mask: Uint8Array, pixels: Uint8Array | Uint16Array): boolean {
  for (let at = 0; at < mask.length; at += 1) if ((mask[at] !== 0) !== (pixels[at] !== 0)) return false;
  return mask.length === pixels.length;
}
/** Each label is in the mask of its segment, and there are as many labels as pixels in all masks. */
function sameLabels(labels: Uint8Array | Uint16Array, sourceIndex: number, { segments }: SegInput): boolean {
  const masks = segments.map((segment) => framePixels(segment.mask, sourceIndex));
  const set = masks.reduce((sum, mask) => sum + count(mask), 0);
  return count(labels) === set && labels.every((label, at) => label === 0 || (masks[label - 1]?.[at] ?? 0) !== 0);
}
function count(pixels: Uint8Array | Uint16Array): number {
  let sum = 0;
  for (const pixel of pixels) if (pixel !== 0) sum += 1;
  return sum;
}

function* numbersIn({ segment, pixels }: SegFramePixels, { segments }: SegInput): Generator<number> {
  if (segment !== undefined) yield segment;
  else if (segments.length > 0) yield* new Set(pixels);
}

/** Segment number and index of the source's frame of everything that must be there. */
function shownFrames({ source, segments, style }: SegInput, dataset: DataSet): Set<string> {
  const fractional = style?.form === 'fractional' && text(dataset, 'SegmentationType') === 'FRACTIONAL';
  return new Set(
    segments.flatMap((segment, index) =>
      source.frames.flatMap((_, sourceIndex) =>
        isEmpty(framePixels(segment.mask, sourceIndex, fractional ? segment.probabilities : undefined))
          ? []
          : [`${index + 1} ${sourceIndex}`],
      ),
    ),
  );
}
