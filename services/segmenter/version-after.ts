import { number, type StudyInstanceUID, text } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import type { ResultVersion } from '@maskwright/result';
import type { ObjectUids } from './encode-result.ts';

/**
 * The version that an object becomes in its series: one after the last that the archive has. One that is there already (its
 * job is done again) keeps the place that it has. Undefined where the series is not there yet.
 */
export async function versionAfter(
  archive: Pick<Archive, 'searchInstances' | 'retrieveMetadata'>,
  study: StudyInstanceUID,
  { seriesInstanceUID: series, sopInstanceUID: own }: ObjectUids,
  signal?: AbortSignal,
): Promise<ResultVersion | undefined> {
  const there = await archive.searchInstances(study, series, signal);
  const numbered = there.map((entry) => ({ ...entry, version: number(entry.dataset, 'InstanceNumber') ?? 1 }));
  if (numbered.length === 0) return undefined;
  const same = numbered.find(({ sopInstanceUID }) => sopInstanceUID === own);
  const [last] = numbered
    .filter(({ version }) => !same || version < same.version)
    .sort((a, b) => b.version - a.version);
  const [first = {}] = await archive.retrieveMetadata(study, series, signal);
  return {
    number: same?.version ?? (last?.version ?? 0) + 1,
    // All instances of the series are of one class.
    ...(last && {
      replaces: {
        sopClassUID: last.sopClassUID ?? text(first, 'SOPClassUID') ?? '',
        sopInstanceUID: last.sopInstanceUID,
      },
    }),
    series: {
      date: text(first, 'SeriesDate') ?? '',
      time: text(first, 'SeriesTime') ?? '',
    },
  };
}
