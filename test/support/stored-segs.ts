import { type Archive, outsideArchive } from '@maskwright/dicomweb';

/** SOPInstanceUIDs of every SEG in an archive, by study. */
export async function storedSegs(url: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const archive: Archive = outsideArchive({ url });
  const found = new Map<string, string[]>();
  for await (const { studyInstanceUID } of archive.searchStudies({})) {
    const uids: string[] = [];
    for (const { seriesInstanceUID, modality } of await archive.searchSeries(studyInstanceUID)) {
      if (modality !== 'SEG') continue;
      const instances = await archive.searchInstances(studyInstanceUID, seriesInstanceUID);
      uids.push(...instances.map(({ sopInstanceUID }) => sopInstanceUID));
    }
    found.set(studyInstanceUID, uids.sort());
  }
  return found;
}
