import type { SeriesInstanceUID } from '@maskwright/dicom';
import { keyImageUids, presentationUids } from './picture-input.ts';
import { segUids } from './seg-uids.ts';
import { srUids } from './sr-input.ts';

export type ResultKind = 'seg' | 'sr' | 'key-image' | 'presentation-state';

/** What an object of a job's result is, and the series that it lies in: both follow from the job's key and lineage. */
export function resultObject(
  key: string,
  sopInstanceUID: string,
  lineage = key,
): { readonly kind: ResultKind; readonly seriesInstanceUID: SeriesInstanceUID } {
  const others = [
    { kind: 'sr', uids: srUids(key, lineage) },
    { kind: 'key-image', uids: keyImageUids(key, lineage) },
    { kind: 'presentation-state', uids: presentationUids(key, lineage) },
  ] as const;
  const other = others.find(({ uids }) => uids.sopInstanceUID === sopInstanceUID);
  return other
    ? { kind: other.kind, seriesInstanceUID: other.uids.seriesInstanceUID }
    : { kind: 'seg', seriesInstanceUID: segUids(key, 0, lineage).seriesInstanceUID };
}
