import { has, type KeywordValues, number, tagOf } from '@maskwright/dicom';
import type { SourceFrame, SourceImage } from '@maskwright/image';
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
  const order = new Map(used.map((sourceIndex, at) => [sourceIndex, at + 1]));
  const planes = used.flatMap((index) => geometry.planes[index] ?? []);
  const macros = planeMacros(planes, geometry.spacingBetweenSlices);
  const placed = geometry.kind !== 'none';
  const bySegment = frames.some(({ segmentNumber }) => segmentNumber !== undefined);
  return {
    values: {
      ...dimensions(dimensionOrganizationUID, [...(bySegment ? [BY_SEGMENT] : []), placed ? BY_POSITION : BY_FRAME]),
      SharedFunctionalGroupsSequence: [macros.shared],
    },
    perFrame: frames.values().flatMap(({ segmentNumber, sourceIndex }) => {
      const plane = geometry.planes[sourceIndex];
      const frame = source.frames[sourceIndex];
      if (!frame) return [];
      const index = [...(segmentNumber === undefined ? [] : [segmentNumber]), order.get(sourceIndex) ?? 0];
      // In the order of the tags: what is a group for each frame is not sorted when it is written.
      const group = {
        DerivationImageSequence: [derivation(frame)],
        FrameContentSequence: [
          // Without planes the place of a frame is its number in the source.
          { ...(plane ? {} : { StackID: '1', InStackPositionNumber: sourceIndex + 1 }), DimensionIndexValues: index },
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
const BY_FRAME: Dimension = ['FrameContentSequence', 'InStackPositionNumber'];

/**
 * Segment first, then place. Positions that are made up count the frames of the source just as well, and highdicom does not
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
function derivation({ instance, frameNumber }: SourceFrame): KeywordValues {
  return {
    SourceImageSequence: [
      {
        ReferencedSOPClassUID: instance.sopClassUID,
        ReferencedSOPInstanceUID: instance.sopInstanceUID,
        ...(isMultiframe(instance) ? { ReferencedFrameNumber: frameNumber } : {}),
        SpatialLocationsPreserved: 'YES',
        PurposeOfReferenceCodeSequence: [SOURCE],
      },
    ],
    DerivationCodeSequence: [SEGMENTATION],
  };
}
function isMultiframe({ dataset }: SourceFrame['instance']): boolean {
  return (number(dataset, 'NumberOfFrames') ?? 1) > 1 || has(dataset, 'SharedFunctionalGroupsSequence');
}
