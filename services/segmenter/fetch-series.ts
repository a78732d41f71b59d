import type { Instance, SOPInstanceUID } from '@maskwright/dicom';
import type { Archive, InstanceEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { mayBeImage } from '@maskwright/image';
import type { Job } from '@maskwright/queue';
import type { SourceFile } from './source-spool.ts';

type SeriesOfJob = Pick<Job, 'study' | 'series'>;

/**
 * What the archive has of the series, before anything of it is fetched.
 * @throws MaskwrightError SOURCE_GONE, and as the archive does
 */
export async function listSeries(
  archive: Pick<Archive, 'describeInstances'>,
  { study, series }: SeriesOfJob,
  signal: AbortSignal,
): Promise<InstanceEntry[]> {
  const listed = await archive.describeInstances(study, series, signal);
  if (listed.length === 0) throw new MaskwrightError('SOURCE_GONE', `series ${series} has no instances`);
  return listed;
}

/**
 * What an archive has of the series, or a part of it: cheaper than `listSeries`, which is asked where the search finds nothing.
 * @throws MaskwrightError SOURCE_GONE, and as the archive does
 */
export async function stillThere(
  archive: Pick<Archive, 'describeInstances' | 'searchInstances'>,
  job: SeriesOfJob,
  signal: AbortSignal,
): Promise<InstanceEntry[]> {
  const found = await archive.searchInstances(job.study, job.series, signal);
  return found.length > 0 ? found : listSeries(archive, job, signal);
}

/**
 * The images of a series, kept on disk as they arrive: in one request, or, where the series also has objects that are no
 * images, without those. An archive that leaves some out is asked for each of them, and says why, or sends it.
 * @throws MaskwrightError as the archive, `parsePart10` and the spool do
 */
export async function fetchSeries(
  archive: Pick<Archive, 'retrieveFiles'>,
  { study, series }: SeriesOfJob,
  listed: readonly InstanceEntry[],
  file: SourceFile,
  signal: AbortSignal,
): Promise<Instance[]> {
  const wanted = listed
    .filter(({ sopClassUID }) => mayBeImage(sopClassUID))
    .map(({ sopInstanceUID }) => sopInstanceUID);
  const instances: Instance[] = [];
  const keep = async (only?: readonly SOPInstanceUID[]) => {
    for await (const incoming of archive.retrieveFiles(study, series, only, signal))
      instances.push(await file.append(incoming));
  };
  if (wanted.length > 0) await keep(wanted.length < listed.length ? wanted : undefined);
  const arrived = new Set(instances.map(({ sopInstanceUID }) => sopInstanceUID));
  const missing = wanted.filter((uid) => !arrived.has(uid));
  if (missing.length > 0) await keep(missing);
  return instances;
}
