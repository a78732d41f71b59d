import { has, type Instance, type KeywordValues, number } from '@maskwright/dicom';
import type { SourceFrame, SourceImage } from '@maskwright/image';
import type { ImageReference } from './sr-items.ts';

/** Names a frame of a source; its number only where the instance may have several. */
export function imageReference({ instance, frameNumber }: SourceFrame): ImageReference {
  const { sopClassUID, sopInstanceUID, dataset } = instance;
  const multiframe = (number(dataset, 'NumberOfFrames') ?? 1) > 1 || has(dataset, 'SharedFunctionalGroupsSequence');
  return { sopClassUID, sopInstanceUID, ...(multiframe ? { frameNumber } : {}) };
}

/** Instances of a source, each once, in its order. */
export function distinctInstances({ frames }: Pick<SourceImage, 'frames'>): Instance[] {
  return [...new Map(frames.map(({ instance }) => [instance.sopInstanceUID, instance])).values()];
}

/** Items for frames of a source: one an instance, with the numbers of the frames where it has several. */
export function imageReferences(frames: readonly SourceFrame[]): KeywordValues[] {
  const byInstance = Map.groupBy(frames, ({ instance }) => instance.sopInstanceUID);
  return [...byInstance.values()].flatMap((ofInstance) => {
    const references = ofInstance.map(imageReference);
    const [first] = references;
    if (!first) return [];
    const numbers = references.flatMap(({ frameNumber }) => frameNumber ?? []);
    return {
      ReferencedSOPClassUID: first.sopClassUID,
      ReferencedSOPInstanceUID: first.sopInstanceUID,
      ...(numbers.length > 0 ? { ReferencedFrameNumber: numbers } : {}),
    };
  });
}
