import type { KeywordValues } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { imageReferences } from '../image-references.ts';
import { pixelShape } from '../source-pixels.ts';
import { decimal } from '../text-values.ts';
import { digestOf, type ShownFrame } from './shown-frames.ts';

/** The whole of each image, in the shape of its pixels (PS3.3 C.10.4). */
export function displayedArea(frames: readonly ShownFrame[], source: SourceImage): KeywordValues {
  const groups = [...Map.groupBy(frames, ({ frame }) => digestOf(pixelShape(frame, source))).values()];
  return {
    DisplayedAreaSelectionSequence: groups.flatMap((group): KeywordValues[] => {
      const [first] = group;
      if (!first) return [];
      const { spacing, aspect = [1, 1] } = pixelShape(first.frame, source);
      return [
        {
          ...(groups.length > 1 ? { ReferencedImageSequence: imageReferences(group.map(({ frame }) => frame)) } : {}),
          DisplayedAreaTopLeftHandCorner: [1, 1],
          DisplayedAreaBottomRightHandCorner: [source.columns, source.rows],
          PresentationSizeMode: 'SCALE TO FIT',
          ...(spacing
            ? { PresentationPixelSpacing: spacing.map(decimal) }
            : { PresentationPixelAspectRatio: [...aspect] }),
        },
      ];
    }),
  };
}
