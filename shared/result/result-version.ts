import { type Matrix, type SeriesInstanceUID, type SOPInstanceUID, uidFromDigest } from '@maskwright/dicom';

/**
 * What the results of a series by a task have in common, however often late images, another model or another wording make
 * them anew: they lie in one series, one instance a version. Of images of several sizes each size has its own. A person's own
 * words make a result of their own.
 */
export function resultLineage(job: {
  readonly key: string;
  readonly series: SeriesInstanceUID;
  readonly task: string;
  readonly matrix?: Matrix | undefined;
  readonly prompt?: string | undefined;
}): string {
  if (job.prompt !== undefined) return job.key;
  return uidFromDigest(job.series, 'results of', job.task, ...(job.matrix === undefined ? [] : [job.matrix]));
}

/** The place of a result in a series that the archive has already. */
export interface ResultVersion {
  /** Instance Number. */
  readonly number: number;
  /** The earlier one that it takes the place of; absent of the first, which was stored before and is made again. */
  readonly replaces?: { readonly sopClassUID: string; readonly sopInstanceUID: SOPInstanceUID };
  /** Series Date and Time as they are there: attributes of the series do not change. */
  readonly series: { readonly date: string; readonly time: string };
}

/** What a later version says of itself, to stand after another sentence. */
export function versionNote(version: ResultVersion | undefined): string {
  if (!version?.replaces) return '';
  return ` Version ${version.number}: takes the place of instance ${version.replaces.sopInstanceUID}.`;
}
