import type { DataSet, SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import type { OnInvalid } from './entries.ts';

/**
 * The archive port: a DICOMweb origin server (PACS), PS3.18. Every adapter passes `contract.ts`.
 *
 * Errors: ARCHIVE_UNREACHABLE (network, time-out, 429, 5xx: retryable), ARCHIVE_DENIED (401: retryable, for credentials end
 * and are renewed), ARCHIVE_REFUSED (other 4xx),
 * DICOM_MALFORMED for answers that are not what the standard says.
 */
export interface Archive {
  /**
   * QIDO-RS studies, newest first where the archive can; pages are fetched as they are consumed. One without a usable UID is
   * passed over.
   */
  searchStudies(query: StudyQuery, signal?: AbortSignal, onInvalid?: OnInvalid): AsyncIterable<StudyEntry>;
  /** QIDO-RS series of a study. Empty where the study is unknown. One without a usable UID is passed over. */
  searchSeries(study: StudyInstanceUID, signal?: AbortSignal, onInvalid?: OnInvalid): Promise<SeriesEntry[]>;
  /**
   * QIDO-RS instances of a series: SOPClassUID and SOPInstanceUID at least. One without a usable UID fails the search: a
   * series is not to be taken for whole without it.
   */
  searchInstances(study: StudyInstanceUID, series: SeriesInstanceUID, signal?: AbortSignal): Promise<InstanceEntry[]>;
  /** WADO-RS metadata of a series: one data set an instance, without bulk data. */
  retrieveMetadata(study: StudyInstanceUID, series: SeriesInstanceUID, signal?: AbortSignal): Promise<DataSet[]>;
  /**
   * The instances of a series with as much of their headers as the archive tells without sending them: WADO-RS metadata, or
   * where that would fetch the objects (DIMSE), what the search answers. Empty where the series is unknown.
   */
  describeInstances(study: StudyInstanceUID, series: SeriesInstanceUID, signal?: AbortSignal): Promise<InstanceEntry[]>;
  /**
   * WADO-RS instances of a series as they are stored, in any order. Nothing is held but what came last.
   * @param only instances; default: all
   */
  retrieveFiles(
    study: StudyInstanceUID,
    series: SeriesInstanceUID,
    only?: readonly SOPInstanceUID[],
    signal?: AbortSignal,
  ): AsyncIterable<IncomingFile>;
  /** WADO-RS instance, as the bytes of its Part 10 file. */
  retrieveInstance(
    study: StudyInstanceUID,
    series: SeriesInstanceUID,
    instance: SOPInstanceUID,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
  /** WADO-RS frames (1-based), each in Explicit VR Little Endian's native form. */
  retrieveFrames(
    study: StudyInstanceUID,
    series: SeriesInstanceUID,
    instance: SOPInstanceUID,
    frames: readonly number[],
    signal?: AbortSignal,
  ): Promise<Uint8Array[]>;
  /**
   * STOW-RS of Part 10 files. Storing an instance that is there already is success and changes nothing.
   * The outcome is read for each instance: an accepted request with failed instances in it is not success.
   */
  store(part10Files: readonly Uint8Array[], signal?: AbortSignal): Promise<StoreOutcome[]>;
}

export interface StudyQuery {
  readonly studyInstanceUID?: StudyInstanceUID;
  /** Inclusive, as YYYYMMDD. */
  readonly studyDate?: { readonly from?: string; readonly to?: string };
  readonly limit?: number;
}
export interface StudyEntry {
  readonly studyInstanceUID: StudyInstanceUID;
  readonly dataset: DataSet;
}
export interface SeriesEntry {
  readonly studyInstanceUID: StudyInstanceUID;
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly modality: string | undefined;
  readonly dataset: DataSet;
}
export interface InstanceEntry {
  readonly sopInstanceUID: SOPInstanceUID;
  /** Undefined where the archive does not tell (DIMSE: an optional key). */
  readonly sopClassUID: string | undefined;
  readonly dataset: DataSet;
}
/**
 * A Part 10 file as its bytes arrive: to be read before the next file is asked for, each chunk before the next chunk. What is
 * not read is passed over.
 */
export type IncomingFile = AsyncIterable<Uint8Array>;
export type StoreOutcome =
  | { readonly sopInstanceUID: SOPInstanceUID; readonly stored: true; readonly warning?: number }
  /** `reason` is the Failure Reason (0008,1197), PS3.18 table I.2-2 and PS3.7 annex C. */
  | { readonly sopInstanceUID: SOPInstanceUID; readonly stored: false; readonly reason: number };
