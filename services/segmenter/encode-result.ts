import { parsePart10, type SeriesInstanceUID, type SOPInstanceUID } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { intensitiesOf, type MaskMeasurements, measureMasks } from '@maskwright/measure';
import {
  keyImageUids,
  type PictureInput,
  type PictureUids,
  presentationUids,
  type ResultKind,
  type ResultVersion,
  type SegInput,
  type SegmentInput,
  type SegStyle,
  segUids,
  srUids,
  writeKeyImage,
  writePresentation,
  writeSeg,
  writeSr,
} from '@maskwright/result';

/** What a site wants written; the defaults of the configuration are `SEG_ONLY`. */
export interface ResultOptions {
  /** Whether a measurement report goes with the SEG. */
  readonly sr: boolean;
  /** Where no segment shows a pixel: an empty SEG (and its report), only a report that says so, or nothing. */
  readonly empty: 'seg' | 'sr' | 'none';
  /** Whether a picture of the frame with the largest mask goes with the SEG. */
  readonly keyImage?: boolean | undefined;
  /** Whether the outlines go with the SEG, for viewers that know no SEG. */
  readonly presentationState?: boolean | undefined;
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
  readonly kind: ResultKind;
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
 * The objects of a result, in the order in which they are to be stored: what speaks of the SEG or shows it comes after it.
 * @throws MaskwrightError RESULT_INVALID; PIXELS_* where a report needs grey values or a picture is wanted
 */
export async function encodeResult(input: ResultInput, options: ResultOptions): Promise<EncodedResult> {
  const { key, lineage = key, versionOf = async () => undefined, source, segments } = input;
  const found = segments.some(({ mask }) => mask.data.includes(1));
  const uids = segUids(key, segments.length, lineage);
  const hasSeg = found || options.empty === 'seg';
  const { sr, keyImage, presentationState, seg: style } = options;
  const file = hasSeg ? writeSeg({ ...input, uids, style, version: await versionOf(uids) }) : undefined;
  // Only what speaks of the SEG needs it read again.
  const seg = file && (sr || keyImage || presentationState) ? parsePart10(file) : undefined;
  const objects: ResultObject[] = file ? [{ kind: 'seg', sopInstanceUID: uids.sopInstanceUID, file }] : [];
  // Nothing can be shown of what was not found.
  if (found) objects.push(...(await pictures({ ...input, seg, style }, options)));
  if (hasSeg ? !sr : options.empty !== 'sr') return { objects, measurements: [] };
  const report = srUids(key, lineage);
  const masks = segments.map(({ mask }) => mask);
  const measurements = await measureMasks(source, masks, intensitiesOf);
  const { trackingUIDs } = uids;
  const version = await versionOf(report);
  const written = writeSr({ ...input, measurements, trackingUIDs, seg, uids: report, version });
  return { objects: [...objects, { kind: 'sr', sopInstanceUID: report.sopInstanceUID, file: written }], measurements };
}

/** What shows the masks in viewers that know no SEG. */
async function pictures(
  {
    key,
    lineage = key,
    versionOf = async () => undefined,
    ...input
  }: ResultInput & Pick<PictureInput, 'seg' | 'style'>,
  { keyImage, presentationState }: ResultOptions,
): Promise<ResultObject[]> {
  const wanted: Picture[] = [
    ...(keyImage ? [{ kind: 'key-image' as const, uids: keyImageUids(key, lineage), write: writeKeyImage }] : []),
    ...(presentationState
      ? [{ kind: 'presentation-state' as const, uids: presentationUids(key, lineage), write: writePresentation }]
      : []),
  ];
  const objects: ResultObject[] = [];
  for (const { kind, uids, write } of wanted) {
    const file = await write({ ...input, uids, version: await versionOf(uids) });
    if (file) objects.push({ kind, sopInstanceUID: uids.sopInstanceUID, file });
  }
  return objects;
}
interface Picture {
  readonly kind: ResultKind;
  readonly uids: PictureUids;
  readonly write: (input: PictureInput) => Promise<Uint8Array | undefined>;
}
