import { createHash } from 'node:crypto';
import { parsePart10, type StudyInstanceUID } from '@maskwright/dicom';
import { type Archive, outsideArchive } from '@maskwright/dicomweb';

/** What an archive holds of our results: for each study the SEGs' SOPInstanceUIDs, with a digest of their pixels. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** @param url of the archive itself, past any proxy */
export async function resultsIn(url: string, studies: readonly StudyInstanceUID[]): Promise<Results> {
  const archive = outsideArchive({ url, timeoutMs: 20_000 });
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const study of studies) found.set(study, await segsOf(archive, study));
  return found;
}

async function segsOf(archive: Archive, study: StudyInstanceUID): Promise<Map<string, string>> {
  const segs = new Map<string, string>();
  for (const { seriesInstanceUID, modality } of await archive.searchSeries(study)) {
    if (modality !== 'SEG') continue;
    for (const { sopInstanceUID } of await archive.searchInstances(study, seriesInstanceUID)) {
      const { pixelData = [] } = parsePart10(await archive.retrieveInstance(study, seriesInstanceUID, sopInstanceUID));
      segs.set(sopInstanceUID, createHash('sha256').update(Buffer.concat(pixelData)).digest('hex'));
    }
  }
  return segs;
}

export interface Count {
  readonly studies: number;
  readonly stored: number;
  /** Results that should be there and are not. */
  readonly lost: number;
  /** SEGs of a study beyond those that should be there. */
  readonly duplicates: number;
  /** SEGs with other pixels than the same study got where nothing went wrong. */
  readonly contradictory: number;
}

/** @param expected what a calm run gives */
export function countOf(expected: Results, found: Results): Count {
  let [stored, lost, duplicates, contradictory] = [0, 0, 0, 0];
  for (const [study, wanted] of expected) {
    const there = found.get(study) ?? new Map<string, string>();
    stored += there.size;
    for (const [uid, pixels] of wanted) {
      const kept = there.get(uid);
      if (kept === undefined) lost += 1;
      else if (kept !== pixels) contradictory += 1;
    }
    for (const uid of there.keys()) if (!wanted.has(uid)) duplicates += 1;
  }
  return { studies: expected.size, stored, lost, duplicates, contradictory };
}
