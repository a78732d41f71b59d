import path from 'node:path';
import type { Config } from '@maskwright/config';
import { type DataSet, parsePart10, type StudyInstanceUID } from '@maskwright/dicom';
import { type Archive, outsideArchive, startEmbeddedArchive } from '@maskwright/dicomweb';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { openOutside } from './open-archive.ts';
import { readInput } from './read-file.ts';

/** A series and the headers of its instances. */
export interface SeriesToRoute {
  readonly study: string;
  readonly series: string;
  readonly instances: readonly DataSet[];
}

/** The series among DICOM files; a file that cannot be read is reported, what is no DICOM is passed over. */
export async function readSeriesOfFiles(where: string, fail: (what: string) => void): Promise<SeriesToRoute[]> {
  const found = new Map<string, { study: string; series: string; instances: DataSet[] }>();
  for await (const file of filesUnder([where])) {
    try {
      const bytes = await readInput(file);
      if (!looksLikeDicom(bytes) && !/\.dcm$/i.test(file)) continue;
      const { studyInstanceUID: study, seriesInstanceUID: series, dataset } = parsePart10(bytes);
      const known = found.get(series);
      if (known) known.instances.push(dataset);
      else found.set(series, { study, series, instances: [dataset] });
    } catch (error) {
      if (!(error instanceof MaskwrightError)) throw error;
      fail(`${file}: ${describeError(error)}`);
    }
  }
  return [...found.values()];
}

/** The series of a study in the configured archive. @throws MaskwrightError ARCHIVE_UNREACHABLE, ARCHIVE_REFUSED */
export async function readSeriesOfStudy(
  config: Config,
  study: StudyInstanceUID,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SeriesToRoute[]> {
  const { archive } = config;
  if (archive.kind !== 'embedded') {
    const opened = await openOutside(archive, environment);
    try {
      return await seriesOf(opened.archive, study);
    } finally {
      await opened.close();
    }
  }
  try {
    return await seriesOf(outsideArchive({ url: `http://${archive.host}:${archive.port}/dicom-web` }), study);
  } catch (error) {
    if (!(error instanceof MaskwrightError) || error.code !== 'ARCHIVE_UNREACHABLE') throw error;
  }
  // Nobody serves the embedded archive just now.
  const server = await startEmbeddedArchive({ directory: path.join(config.home, 'archive'), host: archive.host });
  try {
    return await seriesOf(outsideArchive({ url: server.url }), study);
  } finally {
    await server.close();
  }
}

async function seriesOf(archive: Archive, study: StudyInstanceUID): Promise<SeriesToRoute[]> {
  const found: SeriesToRoute[] = [];
  for (const { seriesInstanceUID: series } of await archive.searchSeries(study))
    found.push({ study, series, instances: await archive.retrieveMetadata(study, series) });
  return found;
}
