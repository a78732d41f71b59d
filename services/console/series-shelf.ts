import { parsePart10, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { type DecodedSeg, decodeSeg, segUids } from '@maskwright/result';
import type { Result } from './worklist.ts';

/** Series and SEGs that were looked at last, so that moving through slices asks the archive once. */
export class SeriesShelf {
  readonly #archive: Archive;
  readonly #kept = new Map<string, Promise<unknown>>();
  readonly #most: number;
  constructor(archive: Archive, most = 8) {
    this.#archive = archive;
    this.#most = most;
  }

  source(study: StudyInstanceUID, series: SeriesInstanceUID): Promise<SourceImage> {
    return this.#keep(series, async () =>
      assembleSource(await Array.fromAsync(this.#archive.retrieveInstances(study, series))),
    );
  }

  /** The SEG of a stored result; undefined where none was stored. */
  async seg(result: Result): Promise<DecodedSeg | undefined> {
    if (result.state.kind !== 'stored') return undefined;
    const [sopInstanceUID] = result.state.sopInstanceUIDs;
    if (!sopInstanceUID) return undefined;
    const { seriesInstanceUID } = segUids(result.key, 0);
    return this.#keep(sopInstanceUID, async () =>
      decodeSeg(parsePart10(await this.#archive.retrieveInstance(result.study, seriesInstanceUID, sopInstanceUID))),
    );
  }

  #keep<T>(id: string, load: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(id) as Promise<T> | undefined;
    const loading = known ?? load();
    this.#kept.delete(id);
    this.#kept.set(id, loading);
    loading.catch(() => this.#kept.delete(id));
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    return loading;
  }
}
