import { parsePart10, type SeriesInstanceUID, type SOPInstanceUID } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { intensitiesOf, type MaskMeasurements, measureMasks } from '@maskwright/measure';
import {
  type ResultVersion,
  type SegInput,
  type SegmentInput,
  type SegStyle,
  segUids,
  srUids,
  writeSeg,
  writeSr,
} from '@maskwright/result';

/** What a site wants written; the defaults of the configuration are `SEG_ONLY`. */
export interface ResultOptions {
  /** Whether a measurement report goes with the SEG. */
  readonly sr: boolean;
  /** Where no segment shows a pixel: an empty SEG (and its report), only a report that says so, or nothing. */
  readonly empty: 'seg' | 'sr' | 'none';
  readonly seg?: SegStyle | undefined;
}
export const SEG_ONLY: ResultOptions = { sr: false, empty: 'seg' };

export interface ResultInput extends Pick<SegInput, 'algorithm' | 'assessment' | 'at' | 'task' | 'seriesDescription'> {
  /** The job's key and lineage: all UIDs follow from them. */
  readonly key: string;
  readonly lineage?: string | undefined;
  /** The version that an object becomes in its series; default: the first. */
  readonly versionOf?: ((uids: ObjectUids) => Promise<ResultVersion | undefined>) | undefined;
  readonly source: SourceImage;
  readonly segments: readonly SegmentInput[];
}
export interface ObjectUids {
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
}
export interface ResultObject {
  readonly kind: 'seg' | 'sr';
  readonly sopInstanceUID: SOPInstanceUID;
  /** Part 10. */
  readonly file: Uint8Array;
}

export interface EncodedResult {
  readonly objects: readonly ResultObject[];
  /** One a segment; none where no report was wanted. */
  readonly measurements: readonly MaskMeasurements[];
}

/**
 * The objects of a result, in the order in which they are to be stored: a report after the SEG that it speaks of.
 * @throws MaskwrightError RESULT_INVALID; PIXELS_* where the report needs grey values
 */
export async function encodeResult(
  { key, lineage = key, versionOf = async () => undefined, ...input }: ResultInput,
  { sr, empty, seg: style }: ResultOptions,
): Promise<EncodedResult> {
  const { source, segments } = input;
  const found = segments.some(({ mask }) => mask.data.includes(1));
  const uids = segUids(key, segments.length, lineage);
  const hasSeg = found || empty === 'seg';
  const seg = hasSeg ? writeSeg({ ...input, uids, style, version: await versionOf(uids) }) : undefined;
  const objects: ResultObject[] = seg ? [{ kind: 'seg', sopInstanceUID: uids.sopInstanceUID, file: seg }] : [];
  if (hasSeg ? !sr : empty !== 'sr') return { objects, measurements: [] };
  const report = srUids(key, lineage);
  const masks = segments.map(({ mask }) => mask);
  const measurements = await measureMasks(source, masks, intensitiesOf);
  const file = writeSr({
    ...input,
    measurements,
    trackingUIDs: uids.trackingUIDs,
    seg: seg && parsePart10(seg),
    uids: report,
    version: await versionOf(report),
  });
  return { objects: [...objects, { kind: 'sr', sopInstanceUID: report.sopInstanceUID, file }], measurements };
}
