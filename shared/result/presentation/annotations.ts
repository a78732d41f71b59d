import type { KeywordValues } from '@maskwright/dicom';
import { framePixels } from '@maskwright/image';
import { encodeLab, labFromRgb } from '../cielab.ts';
import { imageReferences } from '../image-references.ts';
import { isEmpty } from '../mask-words.ts';
import type { SegmentInput } from '../seg-input.ts';
import { fit } from '../text-values.ts';
import { type Outline, outlinesOf } from './outlines.ts';
import type { ShownFrame } from './shown-frames.ts';

/** A layer a segment, in its colour, in the order of the segments (PS3.3 C.10.7). */
export function graphicLayers(segments: readonly SegmentInput[]): KeywordValues {
  return {
    GraphicLayerSequence: segments.map(({ target }, index) => ({
      GraphicLayer: layerName(index),
      GraphicLayerOrder: index + 1,
      // For screens without colours.
      GraphicLayerRecommendedDisplayGrayscaleValue: 65535,
      GraphicLayerRecommendedDisplayCIELabValue: encodeLab(labFromRgb(target.color)),
      GraphicLayerDescription: fit(target.label, 'LO'),
    })),
  };
}
export function layerName(segment: number): string {
  return `SEGMENT ${segment + 1}`;
}

/** An item for each segment on each frame: its outlines and its name (PS3.3 C.10.5). */
export function graphicAnnotations(frames: readonly ShownFrame[], segments: readonly SegmentInput[]): KeywordValues {
  const items = frames.flatMap(({ frame, index }) =>
    segments.flatMap((segment, number): KeywordValues[] => {
      const pixels = framePixels(segment.mask, index);
      const outlines = isEmpty(pixels) ? [] : outlinesOf(pixels, segment.mask.columns);
      const [first] = outlines;
      if (!first) return [];
      return [
        {
          ReferencedImageSequence: imageReferences([frame]),
          GraphicLayer: layerName(number),
          TextObjectSequence: [nameAt(first, segment.target.label)],
          GraphicObjectSequence: outlines.flatMap(pieces).map(polyline),
        },
      ];
    }),
  );
  return { GraphicAnnotationSequence: items };
}

/** At the upper left corner of the first outline, without a line to it. */
function nameAt([x = 0, y = 0]: Outline, label: string): KeywordValues {
  return {
    AnchorPointAnnotationUnits: 'PIXEL',
    UnformattedTextValue: fit(label, 'ST'),
    AnchorPoint: [x, y],
    AnchorPointVisibility: 'N',
  };
}

/** GraphicData of explicit VR has 16 bits for its length: 16383 floats. */
const MOST_POINTS = 8191;

/** A longer outline in pieces, each of which begins where the one before it ends. */
function pieces(outline: Outline): Outline[] {
  const points = outline.length / 2;
  const starts = Array.from({ length: Math.ceil((points - 1) / (MOST_POINTS - 1)) }, (_, at) => at * (MOST_POINTS - 1));
  return starts.map((start) => outline.slice(start * 2, (start + MOST_POINTS) * 2));
}

function polyline(line: Outline): KeywordValues {
  const isClosed = line[0] === line.at(-2) && line[1] === line.at(-1);
  return {
    GraphicAnnotationUnits: 'PIXEL',
    GraphicDimensions: 2,
    NumberOfGraphicPoints: line.length / 2,
    GraphicData: line,
    GraphicType: 'POLYLINE',
    ...(isClosed ? { GraphicFilled: 'N' } : {}),
  };
}
