import type { Target } from '@maskwright/catalogue';
import type { FrameOfReferenceUID, SeriesInstanceUID, SOPInstanceUID } from '@maskwright/dicom';
import type { Mask, SourceImage } from '@maskwright/image';

export interface SegmentInput {
  readonly target: Target;
  readonly mask: Mask;
  /** Words and type that made this segment. */
  readonly prompt: string;
  readonly promptType: string;
}

/** Identity that follows from the job key, so that the same job writes the same object. */
export interface SegUids {
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
  /** For sources that have no frame of reference of their own. */
  readonly frameOfReferenceUID: FrameOfReferenceUID;
  /** One a segment, in order. */
  readonly trackingUIDs: readonly string[];
}

export interface SegInput {
  readonly source: SourceImage;
  readonly segments: readonly SegmentInput[];
  readonly uids: SegUids;
  readonly algorithm: { readonly name: string; readonly version: string };
  /** One sentence: model, reason, distance; goes into standard text attributes. */
  readonly assessment: string;
  /** Time of the result: fixed by the caller so that the object is reproducible. */
  readonly at: Date;
  readonly seriesNumber?: number;
  readonly seriesDescription: string;
}
