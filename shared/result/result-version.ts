import { type SeriesInstanceUID, type SOPInstanceUID, uidFromDigest } from '@maskwright/dicom';

/**
 * What the results of a series by a task have in common, however often late images, another model or another wording make
 * them anew: they lie in one series, one instance a version. A person's own words make a result of their own.
 */
export function resultLineage(job: {
  readonly key: string;
  readonly series: SeriesInstanceUID;
  readonly task: string;
  readonly prompt?: string | undefined;
}): string {
  return job.prompt === undefined ? uidFromDigest(job.series, 'results of', job.task) : job.key;
}

/** A result that takes the place of an earlier one, in the earlier one's series. */
export interface ResultVersion {
  /** Instance Number: 2 and more. */
  readonly number: number;
  readonly replaces: { readonly sopClassUID: string; readonly sopInstanceUID: SOPInstanceUID };
  /** Series Date and Time of the earlier one: attributes of the series do not change. */
  readonly series: { readonly date: string; readonly time: string };
}
