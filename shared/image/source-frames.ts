import { text } from '@maskwright/dicom';
import type { SourceFrame } from './source.ts';

/** One string for each frame of each instance, so that frames can be looked up. */
export function frameKey(sopInstanceUID: string, frameNumber: number): string {
  return `${sopInstanceUID}/${frameNumber}`;
}

/** FrameOfReferenceUIDs of the frames, each once; undefined among them where a frame has none. */
export function framesOfReference(frames: readonly Pick<SourceFrame, 'instance'>[]): ReadonlySet<string | undefined> {
  return new Set(frames.map(({ instance }) => text(instance.dataset, 'FrameOfReferenceUID')));
}
