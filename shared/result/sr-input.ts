import { type Instance, type SeriesInstanceUID, type SOPInstanceUID, uidFromDigest } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import type { MaskMeasurements } from '@maskwright/measure';
import type { ResultVersion } from './result-version.ts';
import type { SegInput, SegmentInput } from './seg-input.ts';

/** Identity of the report that a job writes beside its SEG. */
export interface SrUids {
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
}

/** The same key gives the same UIDs, as with `segUids`. */
export function srUids(key: string, lineage = key): SrUids {
  return { seriesInstanceUID: uidFromDigest(lineage, 'sr series'), sopInstanceUID: uidFromDigest(key, 'sr instance') };
}

export interface SrInput {
  readonly source: SourceImage;
  readonly segments: readonly Pick<SegmentInput, 'target' | 'prompt' | 'promptType'>[];
  /** One a segment, in order. */
  readonly measurements: readonly MaskMeasurements[];
  /** One a segment, in order: those of the SEG. */
  readonly trackingUIDs: readonly string[];
  /** The SEG as it was written; absent where the report alone says that nothing was found. */
  readonly seg?: Instance | undefined;
  readonly uids: SrUids;
  readonly algorithm: SegInput['algorithm'];
  /** One sentence: model, reason, distance. */
  readonly assessment: string;
  /** Time of the result: fixed by the caller so that the object is reproducible. */
  readonly at: Date;
  readonly seriesDescription: string;
  readonly version?: ResultVersion | undefined;
}
