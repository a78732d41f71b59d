import { uidFromDigest } from '@maskwright/dicom';
import type { SegUids } from './seg-input.ts';

/**
 * Identity of the SEG that a job writes. The same key gives the same UIDs, so that a job that runs twice replaces its object.
 * @param key of the job
 * @param segments how many segments the object has
 * @param lineage `resultLineage` of the job: versions of a result share series and frame of reference
 */
export function segUids(key: string, segments: number, lineage = key): SegUids {
  return {
    seriesInstanceUID: uidFromDigest(lineage, 'series'),
    sopInstanceUID: uidFromDigest(key, 'instance'),
    frameOfReferenceUID: uidFromDigest(lineage, 'frame of reference'),
    trackingUIDs: Array.from({ length: segments }, (_, index) => uidFromDigest(key, 'tracking', String(index + 1))),
  };
}
