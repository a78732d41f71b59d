import { type Instance, parsePart10, type SeriesInstanceUID, type SOPInstanceUID } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { frameKey } from '@maskwright/image';
import { decodeSeg, resultLineage, resultObject } from '@maskwright/result';
import { Cache } from './cache.ts';
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

export interface Masks {
  readonly layers: readonly MaskLayer[];
  /** Whether a SEG that was stored is not in the archive: no sweep has noted its deletion, or none looks after it any more. */
  readonly isGone: boolean;
}

/** The masks of stored results, read back from the archive: what is shown is what the PACS has. */
export class MaskReader {
  readonly #archive: Archive;
  readonly #segs = new Cache<readonly MaskLayer[]>(64 << 20, sizeOf);
  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** @throws MaskwrightError as `parsePart10` and `decodeSeg`, and as the archive does for what it has */
  async of(entry: WorklistEntry): Promise<Masks> {
    const layers: MaskLayer[] = [];
    let isGone = false;
    for (const sop of entry.sopInstanceUIDs) {
      const { kind, seriesInstanceUID } = resultObject(entry.key, sop, resultLineage(entry));
      if (kind !== 'seg') continue;
      try {
        layers.push(...(await this.#read(entry, seriesInstanceUID, sop)));
      } catch (error) {
        if (await this.#has(entry, seriesInstanceUID, sop)) throw error;
        isGone = true;
      }
    }
    return { layers: layers.map((layer, index) => ({ ...layer, number: index + 1 })), isGone };
  }

  /** A result that is made again has the same UIDs, at another time. */
  #read({ study, at }: WorklistEntry, series: SeriesInstanceUID, sop: SOPInstanceUID): Promise<readonly MaskLayer[]> {
    return this.#segs.get(`${sop} ${at}`, async () =>
      layersOf(parsePart10(await this.#archive.retrieveInstance(study, series, sop))),
    );
  }

  async #has({ study }: WorklistEntry, series: SeriesInstanceUID, sop: SOPInstanceUID): Promise<boolean> {
    const there = await this.#archive.searchInstances(study, series);
    return there.some(({ sopInstanceUID }) => sopInstanceUID === sop);
  }
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

function sizeOf(layers: readonly MaskLayer[]): number {
  const slices = layers.flatMap((layer) => [...layer.slices.values()]);
  return slices.reduce((sum, { bits }) => sum + bits.length, 1024);
}
