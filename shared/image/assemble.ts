import { type DataSet, type Instance, isSlice, number } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { multiframePlanes, stackIDs } from './functional-groups.ts';
import { common, distinct, frameOfReference } from './one-series.ts';
import { dot, geometryOf, type Plane, planeOf } from './plane.ts';
import type { SourceFrame, SourceImage } from './source.ts';
import { framesOfReference } from './source-frames.ts';
import { onePerPlace, PARALLEL, stack } from './stack.ts';
import { warnAboutStack } from './stack-warnings.ts';

/** Objects with a matrix that are no images to be segmented: segmentations, dose, presentation states. */
const NO_IMAGES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(66\.\d+|481\.\d+|11\.\d+)$/;

/**
 * The frames of one series that are segmented together. CT and MR slices are sorted along their normal, one slice a
 * position; multi-frame objects keep their order; all else goes by InstanceNumber.
 * @throws MaskwrightError NO_PIXEL_DATA where there is no image, GEOMETRY_INVALID where the images are no one stack
 */
export function assembleSource(instances: readonly Instance[]): SourceImage {
  const warnings: string[] = [];
  const images = distinct(
    instances.filter(
      ({ dataset, sopClassUID }) => number(dataset, 'Rows') && number(dataset, 'Columns') && mayBeImage(sopClassUID),
    ),
    warnings,
  );
  const [first] = images;
  if (!first) throw new MaskwrightError('NO_PIXEL_DATA', 'there is no image among the objects');
  const rows = common(images, 'Rows');
  const columns = common(images, 'Columns');
  const multiframe = images.some(({ dataset }) => (number(dataset, 'NumberOfFrames') ?? 1) > 1);
  const ordered = multiframe ? ownOrder(images, warnings) : singleFrames(images, warnings);
  warnAboutSpace(ordered.frames, warnings);
  return {
    rows,
    columns,
    frames: ordered.frames.map(({ instance, frameNumber, plane }): SourceFrame => {
      const geometry = plane && geometryOf(plane);
      return { instance, frameNumber, ...(geometry ? { geometry } : {}) };
    }),
    volume: ordered.volume,
    dataset: (ordered.frames[0]?.instance ?? first).dataset,
    multiframe,
    warnings,
  };
}

/** Whether an object of this class may be an image to be segmented; one whose class is not known may. */
export function mayBeImage(sopClassUID: string | undefined): boolean {
  return sopClassUID === undefined || !NO_IMAGES.test(sopClassUID);
}

export interface PlacedFrame {
  readonly instance: Instance;
  readonly frameNumber: number;
  readonly plane: Plane | undefined;
}
interface Ordered {
  readonly frames: readonly PlacedFrame[];
  readonly volume: boolean;
}

interface StackFrame extends PlacedFrame {
  readonly stackID: string | undefined;
}
function ownOrder(images: readonly Instance[], warnings: string[]): Ordered {
  const frames = byInstanceNumber(images).flatMap((instance) => {
    const stacks = stackIDs(instance.dataset);
    return multiframePlanes(instance.dataset).map(
      (plane, index): StackFrame => ({ instance, frameNumber: index + 1, plane, stackID: stacks[index] }),
    );
  });
  const placed = withPlanes(frames);
  const normal = placed[0]?.plane.normal;
  const parallel = placed.length === frames.length && placed.every(({ plane }) => isAlong(plane, normal));
  if (!parallel || !normal) {
    if (placed.length > 0) warnings.push('frames are turned differently or have no position');
    return { frames, volume: false };
  }
  const stacks = [...Map.groupBy(placed, ({ stackID }) => stackID).values()];
  for (const one of stacks) {
    warnAboutStack(
      onePerPlace(one, normal).map(({ plane }) => plane),
      warnings,
    );
  }
  if (stacks.length > 1) warnings.push(`the frames are ${stacks.length} stacks (StackID), which are no one volume`);
  return { frames, volume: stacks.length === 1 && frameOfReference(images) !== undefined };
}
function isAlong({ normal }: Plane, other: Plane['normal'] | undefined): boolean {
  return other !== undefined && dot(normal, other) > PARALLEL;
}
function withPlanes<T extends PlacedFrame>(frames: readonly T[]): (T & { readonly plane: Plane })[] {
  return frames.flatMap((frame) => (frame.plane ? [{ ...frame, plane: frame.plane }] : []));
}

/** Where frames have planes that cannot be told together, so that no mask can be written in them. */
function warnAboutSpace(frames: readonly PlacedFrame[], warnings: string[]): void {
  const placed = withPlanes(frames);
  const unscaled = placed.filter(({ plane }) => !plane.spacing).length;
  const own = "masks get planes of their own, not the patient's";
  if (unscaled > 0) warnings.push(`PixelSpacing is missing on ${unscaled} of ${frames.length} frames: ${own}`);
  if (placed.length > 0 && framesOfReference(frames).size > 1)
    warnings.push(`FrameOfReferenceUID differs within the series: ${own}`);
}

function singleFrames(images: readonly Instance[], warnings: string[]): Ordered {
  const frames = byInstanceNumber(images).map(
    (instance): PlacedFrame => ({ instance, frameNumber: 1, plane: planeOfImage(instance.dataset) }),
  );
  const placed = withPlanes(frames);
  if (!isSlice(images[0]?.dataset ?? {})) return { frames, volume: false };
  if (placed.length === frames.length)
    return { frames: stack(placed, warnings), volume: frameOfReference(images) !== undefined };
  if (placed.length > 0) throw new MaskwrightError('GEOMETRY_INVALID', 'some slices have a position and others none');
  if (frames.length > 1) warnings.push('slices without position are in the order of InstanceNumber');
  return { frames, volume: false };
}
/** An enhanced object of one frame has its plane in functional groups. */
function planeOfImage(dataset: DataSet): Plane | undefined {
  return planeOf([dataset]) ?? multiframePlanes(dataset)[0];
}

function byInstanceNumber(images: readonly Instance[]): Instance[] {
  const place = ({ dataset }: Instance): number => number(dataset, 'InstanceNumber') ?? Number.MAX_SAFE_INTEGER;
  return [...images].sort((a, b) => place(a) - place(b) || (a.sopInstanceUID < b.sopInstanceUID ? -1 : 1));
}
