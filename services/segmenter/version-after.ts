import { number, type StudyInstanceUID, text } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import type { ResultVersion } from '@maskwright/result';
import type { ObjectUids } from './encode-result.ts';

/**
 * The version that an object becomes in its series: one after the last that the archive has. Undefined where it is the
 * first, or there already: then it keeps the place that it has.
 */
export async function versionAfter(
  archive: Pick<Archive, 'searchInstances' | 'retrieveMetadata'>,
  study: StudyInstanceUID,
  { seriesInstanceUID: series, sopInstanceUID: own }: ObjectUids,
  signal?: AbortSignal,
): Promise<ResultVersion | undefined> {
  const there = await archive.searchInstances(study, series, signal);
  const numbered = there.map((entry) => ({ ...entry, version: number(entry.dataset, 'InstanceNumber') ?? 1 }));
  const [last] = numbered.sort((a, b) => b.version - a.version);
  if (!last || there.some(({ sopInstanceUID }) => sopInstanceUID === own)) return undefined;
  const { sopClassUID, sopInstanceUID } = last;
  const [first = {}] = await archive.retrieveMetadata(study, series, signal);
  return {
    number: last.version + 1,
    // All instances of the series are of one class.
    replaces: { sopClassUID: sopClassUID ?? text(first, 'SOPClassUID') ?? '', sopInstanceUID },
    series: {
      date: text(first, 'SeriesDate') ?? '',
      time: text(first, 'SeriesTime') ?? '',
    },
  };
}
