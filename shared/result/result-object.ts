import type { SeriesInstanceUID } from '@maskwright/dicom';
import { segUids } from './seg-uids.ts';
import { srUids } from './sr-input.ts';

/** What an object of a job's result is, and the series that it lies in: both follow from the job's key and lineage. */
export function resultObject(
  key: string,
  sopInstanceUID: string,
  lineage = key,
): { readonly kind: 'seg' | 'sr'; readonly seriesInstanceUID: SeriesInstanceUID } {
  const report = srUids(key, lineage);
  return sopInstanceUID === report.sopInstanceUID
    ? { kind: 'sr', seriesInstanceUID: report.seriesInstanceUID }
    : { kind: 'seg', seriesInstanceUID: segUids(key, 0, lineage).seriesInstanceUID };
}
