import { parsePart10 } from '@maskwright/dicom';
import type { Mask, SourceImage } from '@maskwright/image';
import { decodeSeg } from '@maskwright/result';

/** Masks of a SEG over all frames of its source, one a segment, as the independent judge expects them. */
export function segMasks(seg: Uint8Array, source: SourceImage): Mask[] {
  const { rows, columns, segments } = decodeSeg(parsePart10(seg));
  return segments.map(({ frames }) => {
    const data = new Uint8Array(source.frames.length * rows * columns);
    for (const frame of frames) {
      const index = source.frames.findIndex(
        ({ instance, frameNumber }) =>
          instance.sopInstanceUID === frame.sourceSOPInstanceUID && frameNumber === frame.frameNumber,
      );
      data.set(frame.data, index * rows * columns);
    }
    return { frames: source.frames.length, rows, columns, data };
  });
}
