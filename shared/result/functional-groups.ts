import { type KeywordValues, tagOf } from '@maskwright/dicom';
import type { SourceFrame, SourceImage } from '@maskwright/image';
import { imageReferences } from './image-references.ts';
import type { SourceGeometry, WrittenPlane } from './source-geometry.ts';
import { codeItem } from './text-values.ts';

/** One frame of the SEG: which segment it shows on which frame of the source. */
export interface SegFrame {
  /** 1-based; absent in a label map, whose frames show all segments. */
  readonly segmentNumber?: number;
  /** 0-based index among the source's frames. */
  readonly sourceIndex: number;
}

export interface FunctionalGroups {
  readonly values: KeywordValues;
  /** Items of PerFrameFunctionalGroupsSequence, each made as it is asked for; to be gone through once. */
  readonly perFrame: Iterable<KeywordValues>;
}

/**
 * Shared and per-frame functional groups and the dimensions that order the frames (PS3.3 C.7.6.16, C.7.6.17, C.8.20.3).
 * @param frames in the order of the object
 */
export function functionalGroups(
  frames: readonly SegFrame[],
  source: SourceImage,
  geometry: SourceGeometry,
  dimensionOrganizationUID: string,
): FunctionalGroups {
  const used = [...new Set(frames.map(({ sourceIndex }) => sourceIndex))].sort((a, b) => a - b);
  const places = placesOf(used, geometry);
  // A position that several frames have is told apart by time.
  const repeated = [...places.values()].some(({ time }) => time > 1);
  const planes = used.flatMap((index) => geometry.planes[index] ?? []);
  const macros = planeMacros(planes, geometry.spacingBetweenSlices);
  const placed = geometry.kind !== 'none';
  const bySegment = frames.some(({ segmentNumber }) => segmentNumber !== undefined);
  const order = [...(bySegment ? [BY_SEGMENT] : []), placed ? BY_POSITION : BY_FRAME, ...(repeated ? [BY_TIME] : [])];
  return {
    values: {
      ...dimensions(dimensionOrganizationUID, order),
      SharedFunctionalGroupsSequence: [macros.shared],
    },
    perFrame: frames.values().flatMap(({ segmentNumber, sourceIndex }) => {
      const plane = geometry.planes[sourceIndex];
      const frame = source.frames[sourceIndex];
      const place = places.get(sourceIndex);
      if (!frame || !place) return [];
      const time = repeated ? [place.time] : [];
      const index = [...(segmentNumber === undefined ? [] : [segmentNumber]), place.position, ...time];
      // In the order of the tags: what is a group for each frame is not sorted when it is written.
      const group = {
        DerivationImageSequence: [derivation(frame)],
        FrameContentSequence: [
          // Without planes the place of a frame is its number in the source.
          {
            ...(plane ? {} : { StackID: '1', InStackPositionNumber: sourceIndex + 1 }),
            ...(repeated ? { TemporalPositionIndex: place.time } : {}),
            DimensionIndexValues: index,
          },
        ],
        ...(plane ? { PlanePositionSequence: [{ ImagePositionPatient: plane.position }], ...macros.own(plane) } : {}),
        ...(segmentNumber === undefined
          ? {}
          : { SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }] }),
      };
      return [group];
    }),
  };
}

/** Place of a frame among the distinct positions, and among the frames at its position: both from 1. */
interface DimensionPlace {
  readonly position: number;
  readonly time: number;
}
/** @param used indices of the source's frames, ascending */
function placesOf(used: readonly number[], { planes }: SourceGeometry): ReadonlyMap<number, DimensionPlace> {
  const together = Map.groupBy(used, (index) => planes[index]?.position.join() ?? index);
  return new Map(
    [...together.values()].flatMap((indices, position) =>
      indices.map((index, time): [number, DimensionPlace] => [index, { position: position + 1, time: time + 1 }]),
    ),
  );
}

/** Orientation and measures: once for all frames where they are the same, which is what readers expect, else a frame. */
function planeMacros(planes: readonly WrittenPlane[], spacingBetweenSlices: string | undefined) {
  const orientation = (plane: WrittenPlane): KeywordValues => ({
    PlaneOrientationSequence: [{ ImageOrientationPatient: plane.orientation }],
  });
  const measures = (plane: WrittenPlane): KeywordValues => ({
    PixelMeasuresSequence: [
      { ...plane.measures, ...(spacingBetweenSlices ? { SpacingBetweenSlices: spacingBetweenSlices } : {}) },
    ],
  });
  const [first] = planes;
  const split = [orientation, measures].map((macro) => ({
    macro,
    shared: planes.every((plane) => first && JSON.stringify(macro(plane)) === JSON.stringify(macro(first))),
  }));
  const join = (plane: WrittenPlane | undefined, shared: boolean): KeywordValues =>
    Object.assign(
      {},
      ...split.filter((one) => plane && one.shared === shared).map(({ macro }) => plane && macro(plane)),
    );
  return { shared: join(first, true), own: (plane: WrittenPlane): KeywordValues => join(plane, false) };
}

type Dimension = readonly [functionalGroup: string, attribute: string];
const BY_SEGMENT: Dimension = ['SegmentIdentificationSequence', 'ReferencedSegmentNumber'];
const BY_POSITION: Dimension = ['PlanePositionSequence', 'ImagePositionPatient'];
const BY_TIME: Dimension = ['FrameContentSequence', 'TemporalPositionIndex'];
const BY_FRAME: Dimension = ['FrameContentSequence', 'InStackPositionNumber'];

/**
 * Segment first, then place, then time. Positions that are made up count the frames of the source just as well, and highdicom does not
 * find a ReferencedFrameNumber, which lies deeper than a functional group.
 */
function dimensions(uid: string, order: readonly Dimension[]): KeywordValues {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: order.map(([group, attribute]) => ({
      DimensionIndexPointer: tagOf(attribute),
      FunctionalGroupPointer: tagOf(group),
      DimensionOrganizationUID: uid,
      DimensionDescriptionLabel: attribute,
    })),
  };
}

const SEGMENTATION = codeItem({ value: '113076', scheme: 'DCM', meaning: 'Segmentation' });
const SOURCE = codeItem({
  value: '121322',
  scheme: 'DCM',
  meaning: 'Source image for image processing operation',
});

/** Without it viewers guess the frame by its order, and paint wrong slices. SpatialLocationsPreserved is for Weasis. */
function derivation(frame: SourceFrame): KeywordValues {
  return {
    SourceImageSequence: imageReferences([frame]).map((reference) => ({
      ...reference,
      SpatialLocationsPreserved: 'YES',
      PurposeOfReferenceCodeSequence: [SOURCE],
    })),
    DerivationCodeSequence: [SEGMENTATION],
  };
}
