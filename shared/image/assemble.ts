import { type DataSet, type Instance, number, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { multiframePlanes } from './functional-groups.ts';
import { geometryOf, type Plane, planeOf } from './plane.ts';
import type { SourceFrame, SourceImage } from './source.ts';
import { PARALLEL, stack } from './stack.ts';

/** Objects with a matrix that are no images to be segmented: segmentations, dose, presentation states. */
const NO_IMAGES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(66\.\d+|481\.\d+|11\.\d+)$/;
/** Modalities whose slices make one volume. */
const SLICES = new Set(['CT', 'MR', 'PT', 'NM']);

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

/** All of one series, each SOP instance once. */
function distinct(images: readonly Instance[], warnings: string[]): Instance[] {
  const byUid = new Map<string, Instance>();
  for (const image of images) {
    const other = differing(image, images[0] ?? image);
    if (other) throw new MaskwrightError('GEOMETRY_INVALID', `slices do not belong together: ${other} differs`);
    const twin = byUid.get(image.sopInstanceUID);
    if (twin && !samePixels(twin, image)) {
      throw new MaskwrightError(
        'GEOMETRY_INVALID',
        `SOPInstanceUID repeated with other content: ${image.sopInstanceUID}`,
      );
    }
    if (twin) warnings.push(`${image.sopInstanceUID} came more than once`);
    byUid.set(image.sopInstanceUID, image);
  }
  return [...byUid.values()];
}
/** What is the same in all images of one series (PS3.3 C.7.1.1, C.7.2.1, C.7.3.1) and differs in these. */
function differing(a: Instance, b: Instance): string | undefined {
  if (a.seriesInstanceUID !== b.seriesInstanceUID) return 'SeriesInstanceUID';
  if (a.studyInstanceUID !== b.studyInstanceUID) return 'StudyInstanceUID';
  return ['PatientID', 'Modality'].find((keyword) => text(a.dataset, keyword) !== text(b.dataset, keyword));
}
function samePixels(a: Instance, b: Instance): boolean {
  // Whoever keeps pixels in files compares twins, and gives both the same.
  if (a.storedPixels || b.storedPixels) return a.storedPixels === b.storedPixels;
  const [left = [], right = []] = [a.pixelData, b.pixelData];
  return (
    left.length === right.length && left.every((part, at) => Buffer.compare(part, right[at] ?? new Uint8Array()) === 0)
  );
}

function common(images: readonly Instance[], keyword: string): number {
  const values = [...new Set(images.map(({ dataset }) => number(dataset, keyword) ?? 0))];
  const [value = 0] = values;
  if (values.length > 1) {
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      `slices do not belong together: ${keyword} is ${values.slice(0, 4).join(', ')} within one series`,
    );
  }
  return value;
}

function ownOrder(images: readonly Instance[], warnings: string[]): Ordered {
  const frames = byInstanceNumber(images).flatMap((instance) =>
    multiframePlanes(instance.dataset).map(
      (plane, index): PlacedFrame => ({ instance, frameNumber: index + 1, plane }),
    ),
  );
  const [first] = frames;
  const parallel = frames.every(({ plane }) => plane && first?.plane && dotNormals(plane, first.plane) > PARALLEL);
  if (!parallel && frames.some(({ plane }) => plane))
    warnings.push('frames are turned differently or have no position');
  return { frames, volume: parallel && frameOfReference(images) !== undefined };
}
function dotNormals(a: Plane, b: Plane): number {
  return a.normal.reduce((sum, value, axis) => sum + value * (b.normal[axis] ?? 0), 0);
}

function singleFrames(images: readonly Instance[], warnings: string[]): Ordered {
  const frames = byInstanceNumber(images).map(
    (instance): PlacedFrame => ({ instance, frameNumber: 1, plane: planeOfImage(instance.dataset) }),
  );
  const placed = frames.flatMap((frame) => (frame.plane ? [{ ...frame, plane: frame.plane }] : []));
  const modality = text(images[0]?.dataset ?? {}, 'Modality') ?? '';
  if (!SLICES.has(modality)) return { frames, volume: false };
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

/** The common frame of reference; undefined where none is given. */
function frameOfReference(images: readonly Instance[]): string | undefined {
  const uids = [...new Set(images.map(({ dataset }) => text(dataset, 'FrameOfReferenceUID')))];
  if (uids.length > 1) {
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      'slices do not belong together: FrameOfReferenceUID differs within one series',
    );
  }
  return uids[0];
}

function byInstanceNumber(images: readonly Instance[]): Instance[] {
  const place = ({ dataset }: Instance): number => number(dataset, 'InstanceNumber') ?? Number.MAX_SAFE_INTEGER;
  return [...images].sort((a, b) => place(a) - place(b) || (a.sopInstanceUID < b.sopInstanceUID ? -1 : 1));
}
