import {
  type Instance,
  parsePart10,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { frameKey } from '@maskwright/image';
import { decodeSeg, resultLineage, resultObject } from '@maskwright/result';
import { type BitMask, packMask } from './png.ts';
import type { WorklistEntry } from './worklist.ts';

/** One segment of a result; only slices with pixels are there. */
export interface MaskLayer {
  readonly number: number;
  readonly label: string;
  readonly color: readonly [number, number, number];
  /** By `frameKey` of the source frame. */
  readonly slices: ReadonlyMap<string, BitMask>;
}

/** The masks of a stored result, read back from the archive: what is shown is what the PACS has. */
export async function masksOf(archive: Archive, entry: WorklistEntry): Promise<MaskLayer[]> {
  const { key, study, state, sopInstanceUIDs } = entry;
  const layers: MaskLayer[] = [];
  for (const sop of sopInstanceUIDs) {
    const { kind, seriesInstanceUID } = resultObject(key, sop, resultLineage(entry));
    if (kind !== 'seg') continue;
    // A deletion is noted of the newest result only: an earlier one may have gone since.
    if (state === 'superseded' && !(await isThere(archive, study, seriesInstanceUID, sop))) continue;
    layers.push(...layersOf(parsePart10(await archive.retrieveInstance(study, seriesInstanceUID, sop))));
  }
  return layers.map((layer, index) => ({ ...layer, number: index + 1 }));
}

async function isThere(archive: Archive, study: StudyInstanceUID, series: SeriesInstanceUID, sop: SOPInstanceUID) {
  return (await archive.searchInstances(study, series)).some(({ sopInstanceUID }) => sopInstanceUID === sop);
}

function layersOf(instance: Instance): MaskLayer[] {
  const { rows, columns, segments } = decodeSeg(instance);
  return segments.map(({ number, label, color, frames }) => ({
    number,
    label,
    color,
    slices: new Map(
      frames
        .filter(({ data }) => data.includes(1))
        .map(({ sourceSOPInstanceUID, frameNumber, data }) => [
          frameKey(sourceSOPInstanceUID, frameNumber),
          packMask(data, columns, rows),
        ]),
    ),
  }));
}
