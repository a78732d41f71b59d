import path from 'node:path';
import { type Instance, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { isJpeg, isPng } from './picture-kind.ts';
import { pictureSource } from './picture-source.ts';
import { readInput } from './read-file.ts';

/** One picture, or the objects of one DICOM series. */
export type Input = {
  /** Of its first file, without ending, with more of the path where another input has that: what the results are named after. */
  readonly name: string;
} & ({ readonly picture: SourceImage } | { readonly picture?: never; readonly instances: readonly Instance[] });

/** What a run says of files that it does not segment. */
export interface Passing {
  /** Of a file that was named or looks like an image, or of all paths where they hold none. */
  readonly fail: (name: string, error: unknown) => void;
  /** Of the files in folders that are no images. */
  readonly passOver: (count: number) => void;
}

/** Files that share a series are one input; a file that cannot be read is reported and the others go on. */
export async function* readInputs(paths: readonly string[], { fail, passOver }: Passing): AsyncGenerator<Input> {
  const series = new Map<string, { readonly name: string; readonly instances: Instance[] }>();
  const taken = new Set<string>();
  let [files, passed] = [0, 0];
  for await (const file of filesUnder(paths)) {
    files++;
    try {
      const bytes = await readInput(file);
      const kind = kindOf(bytes, file);
      if (!kind && !paths.includes(file)) {
        passed++;
        continue;
      }
      if (!kind) throw new MaskwrightError('PICTURE_INVALID', `${path.basename(file)} is no DICOM, PNG or JPEG`);
      if (kind === 'picture') {
        const picture = pictureSource(bytes, file);
        yield { name: nameAfter(file, taken), picture };
      } else {
        const instance = parsePart10(bytes);
        const known = series.get(instance.seriesInstanceUID);
        if (known) known.instances.push(instance);
        else series.set(instance.seriesInstanceUID, { name: nameAfter(file, taken), instances: [instance] });
      }
    } catch (error) {
      fail(file, error);
    }
  }
  if (passed > 0) passOver(passed);
  if (files === passed)
    fail(paths.join(', '), new MaskwrightError('INPUT_NOT_FOUND', 'no DICOM, PNG or JPEG is there'));
  yield* series.values();
}

/** By the content, else by the name, so that a broken image is not passed over. */
function kindOf(bytes: Uint8Array, file: string): 'picture' | 'dicom' | undefined {
  if (isPng(bytes) || isJpeg(bytes)) return 'picture';
  if (looksLikeDicom(bytes) || /\.dcm$/i.test(file)) return 'dicom';
  return /\.(png|jpe?g)$/i.test(file) ? 'picture' : undefined;
}

/** Exports call the files of each series alike (`IM0001`): results of one must not replace another's. */
function nameAfter(file: string, taken: Set<string>): string {
  const name = path.basename(file).replace(/\.(png|jpe?g|dcm)$/i, '');
  const folder = path.basename(path.dirname(path.resolve(file)));
  const candidates = [name, ...(folder === '' ? [] : [`${folder}-${name}`])];
  for (let number = 2; candidates.every(isTaken); number += 1) candidates.push(`${name}-${number}`);
  const free = candidates.find((one) => !isTaken(one)) ?? name;
  taken.add(free.toLowerCase());
  return free;

  // Some file systems do not tell a from A.
  function isTaken(candidate: string): boolean {
    return taken.has(candidate.toLowerCase());
  }
}
