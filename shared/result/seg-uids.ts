import { uidFromDigest } from '@maskwright/dicom';
import type { SegUids } from './seg-input.ts';

/**
 * Identity of the SEG that a job writes. The same key gives the same UIDs, so that a job that runs twice replaces its object.
 * @param key of the job
 * @param segments how many segments the object has
 */
export function segUids(key: string, segments: number): SegUids {
  return {
    seriesInstanceUID: uidFromDigest(key, 'series'),
    sopInstanceUID: uidFromDigest(key, 'instance'),
    frameOfReferenceUID: uidFromDigest(key, 'frame of reference'),
    trackingUIDs: Array.from({ length: segments }, (_, index) => uidFromDigest(key, 'tracking', String(index + 1))),
  };
}
