import type { Catalogue } from '@maskwright/catalogue';
import { number } from '@maskwright/dicom';
import type { Archive, SeriesEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import type { Visit } from './agenda.ts';
import type { Sight } from './completeness.ts';
import { UNCOUNTED } from './memory/index.ts';

/** How a study stands in the archive. */
export interface StudySight extends Sight {
  /** Series that a task may want. */
  readonly series: readonly SeriesEntry[];
  /** What the archive's list of studies should say of it, as far as its series tell. */
  readonly answer: string;
  /** Series that were passed over: their SeriesInstanceUID is no UID. */
  readonly invalid: number;
  /** The archive has something of it, if only what no task wants. */
  readonly isThere: boolean;
}

/**
 * Asks the archive for the series of a study: one request, and one more a series where it does not count. Series that no
 * task can want make the study no other one, neither what we store ourselves nor a late report; but who announces a number
 * of images has counted them too.
 */
export async function lookAtStudy(
  { archive, catalogue }: { readonly archive: Archive; readonly catalogue: Catalogue },
  { study, expected }: Pick<Visit, 'study' | 'expected'>,
  signal?: AbortSignal,
): Promise<StudySight> {
  let invalid = 0;
  const all = await archive.searchSeries(study, signal, () => {
    invalid++;
  });
  const series: SeriesEntry[] = [];
  const parts: string[] = [];
  let images = 0;
  for (const entry of all) {
    const isWanted = mayBeWanted(catalogue, entry);
    let count = countOf(entry);
    // Nobody asks how many images of an unwanted series there are but to hold them against an announced number.
    if (count === undefined && (isWanted || expected !== undefined)) {
      count = await countedBy(archive, entry, signal);
    }
    images += count ?? 0;
    if (!isWanted) continue;
    series.push(entry);
    parts.push(`${entry.seriesInstanceUID}:${count}`);
  }
  const fingerprint = parts.sort().join(' ');
  return { series, images, fingerprint, answer: answerOf(all), invalid, isThere: all.length + invalid > 0 };
}

/** A series without a modality may be anything. */
export function mayBeWanted({ tasks }: Pick<Catalogue, 'tasks'>, { modality }: SeriesEntry): boolean {
  return modality === undefined || tasks.some(({ select }) => select.modality.includes(modality));
}

/** Undefined where the series' images cannot be told apart: that is said where its jobs would be made. */
async function countedBy(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: SeriesEntry,
  signal?: AbortSignal,
): Promise<number | undefined> {
  try {
    return (await archive.searchInstances(studyInstanceUID, seriesInstanceUID, signal)).length;
  } catch (error) {
    if (error instanceof MaskwrightError && error.code === 'DICOM_MALFORMED') return undefined;
    throw error;
  }
}

function countOf({ dataset }: SeriesEntry): number | undefined {
  return number(dataset, 'NumberOfSeriesRelatedInstances');
}

function answerOf(series: readonly SeriesEntry[]): string {
  const counts = series.map(countOf);
  if (counts.includes(undefined)) return UNCOUNTED;
  return String(counts.reduce((sum: number, count) => sum + (count ?? 0), 0));
}
