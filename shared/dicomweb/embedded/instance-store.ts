import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Instance, parsePart10, type SOPInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { type InstancePlace, listInstanceFiles, pathOf, readInstance, writeInstance } from './instance-files.ts';
import { InstanceIndex } from './instance-index.ts';

/** `elsewhere`: the identifier is taken by an instance of another series, which stays. */
export type PutOutcome = 'stored' | 'known' | 'elsewhere';

/**
 * Instances as files and an index of their headers. The files are the truth: an instance is stored when its file is in
 * place, and the index is brought in line with the files when it is opened.
 */
export class InstanceStore {
  readonly index: InstanceIndex;
  /** Files that are no instance of their place, and are left alone. */
  readonly ignored: readonly string[];
  readonly #directory: string;
  readonly #underWay = new Map<SOPInstanceUID, Promise<PutOutcome>>();

  private constructor(directory: string, index: InstanceIndex, ignored: readonly string[]) {
    this.#directory = directory;
    this.index = index;
    this.ignored = ignored;
  }

  static async open(directory: string): Promise<InstanceStore> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const index = new InstanceIndex(directory);
    try {
      return new InstanceStore(directory, index, await reconcile(directory, index));
    } catch (error) {
      index.close();
      throw error;
    }
  }

  /** One at a time for each instance: the same one may come twice at once, and the first that came is the one that stays. */
  async put(bytes: Uint8Array, instance: Instance): Promise<PutOutcome> {
    const { sopInstanceUID } = instance;
    const before = this.#underWay.get(sopInstanceUID);
    const putting = before
      ? before.then(ignore, ignore).then(() => this.#put(bytes, instance))
      : this.#put(bytes, instance);
    this.#underWay.set(sopInstanceUID, putting);
    try {
      return await putting;
    } finally {
      if (this.#underWay.get(sopInstanceUID) === putting) this.#underWay.delete(sopInstanceUID);
    }
  }

  read(place: InstancePlace): Promise<Buffer> {
    return readInstance(this.#directory, place);
  }

  close(): void {
    this.index.close();
  }

  async #put(bytes: Uint8Array, instance: Instance): Promise<PutOutcome> {
    const place = placeOf(instance);
    const known = this.index.placeOf(place.instance);
    if (known) return pathOf(known) === pathOf(place) ? 'known' : 'elsewhere';
    await writeInstance(this.#directory, place, bytes);
    this.index.add(instance);
    return 'stored';
  }
}

function ignore(): void {}

function placeOf({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: Instance): InstancePlace {
  return { study: studyInstanceUID, series: seriesInstanceUID, instance: sopInstanceUID };
}

/** @returns paths of the files that are ignored */
async function reconcile(directory: string, index: InstanceIndex): Promise<string[]> {
  const files = new Set(await listInstanceFiles(directory));
  const ignored: string[] = [];
  await index.together(async () => {
    for (const place of index.places()) if (!files.delete(pathOf(place))) index.remove(place);
    for (const file of files) {
      const instance = await instanceAt(directory, file);
      const known = instance && index.placeOf(instance.sopInstanceUID);
      const inPlace = instance && pathOf(placeOf(instance)) === file;
      if (inPlace && !known) index.add(instance);
      else ignored.push(file);
    }
  });
  return ignored;
}

async function instanceAt(directory: string, file: string): Promise<Instance | undefined> {
  try {
    return parsePart10(await readFile(path.join(directory, file)));
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}
