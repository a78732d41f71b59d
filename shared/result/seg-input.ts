import type { Target } from '@maskwright/catalogue';
import type { FrameOfReferenceUID, SeriesInstanceUID, SOPInstanceUID } from '@maskwright/dicom';
import type { Mask, SourceImage } from '@maskwright/image';
import type { ResultVersion } from './result-version.ts';

export interface SegmentInput {
  readonly target: Target;
  readonly mask: Mask;
  /** For FRACTIONAL: frames × rows × columns of 0 (never) to 255 (certain), in the order of the mask. */
  readonly probabilities?: Uint8Array | undefined;
  /** Words and type that made this segment. */
  readonly prompt: string;
  readonly promptType: string;
}

/** Identity that follows from the job key, so that the same job writes the same object. */
export interface SegUids {
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
  /** For planes that are made up, or whose source has no frame of reference of its own. */
  readonly frameOfReferenceUID: FrameOfReferenceUID;
  /** One a segment, in order. */
  readonly trackingUIDs: readonly string[];
}

/** SegmentationType (PS3.3 C.8.20.2.3). */
export type SegForm = 'binary' | 'labelmap' | 'fractional';
/**
 * What a source without planes gets: `viewer`, made-up ones in which viewers open the object; `strict`, none, as PS3.3 A.51.5
 * wants it. It makes no difference to sources whose frames all have one.
 */
export type SegGeometry = 'viewer' | 'strict';

/** How a site wants its SEGs. */
export interface SegStyle {
  /** Default: binary. A label map holds one segment a pixel: where segments overlap, the object is binary all the same. */
  readonly form?: SegForm | undefined;
  /** Default: viewer. */
  readonly geometry?: SegGeometry | undefined;
  /** Default: MASKWRIGHT. */
  readonly contentLabel?: string | undefined;
  /** Default: 9000 and the last three digits of the source's. */
  readonly seriesNumber?: SeriesNumberRule | undefined;
  /** With `{title}`, `{task}`, `{model}`, `{version}`, `{source}` (description of the source series); default: `{title}`. */
  readonly seriesDescription?: string | undefined;
}
export type SeriesNumberRule =
  | { readonly rule: 'fixed'; readonly number: number }
  /** `base` and the source's number, of which the last three digits count. */
  | { readonly rule: 'base'; readonly base: number }
  /** The source's number × `factor` + `add`: series 7 becomes 701, beside its source in a sorted list. */
  | { readonly rule: 'times'; readonly factor: number; readonly add: number };

export interface SegInput {
  readonly source: SourceImage;
  readonly segments: readonly SegmentInput[];
  readonly uids: SegUids;
  readonly algorithm: { readonly name: string; readonly version: string };
  /** One sentence: model, reason, distance; goes into standard text attributes. */
  readonly assessment: string;
  /** Time of the result: fixed by the caller so that the object is reproducible. */
  readonly at: Date;
  /** Id of the task, for series descriptions that name it. */
  readonly task?: string | undefined;
  /** What the result is called: `{title}` of series descriptions. */
  readonly seriesDescription: string;
  readonly style?: SegStyle | undefined;
  /** Where it takes the place of an earlier result. */
  readonly version?: ResultVersion | undefined;
}
