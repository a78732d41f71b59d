import path from 'node:path';
import { type Instance, parsePart10 } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { pictureSource } from './picture-source.ts';
import { readInput } from './read-file.ts';

/** One series of DICOM files, or one picture. */
export interface Input {
  /** Of its first file, without ending: what the results are named after. */
  readonly name: string;
  readonly source: SourceImage;
  readonly picture: boolean;
}

/** Files that share a series are one input; a file that cannot be read is reported and the others go on. */
export async function* readInputs(
  paths: readonly string[],
  fail: (name: string, error: unknown) => void,
): AsyncGenerator<Input> {
  const series = new Map<string, { readonly name: string; readonly instances: Instance[] }>();
  for await (const file of filesUnder(paths)) {
    const name = path.basename(file).replace(/\.(png|jpe?g|dcm)$/i, '');
    try {
      const bytes = await readInput(file);
      if (/\.(png|jpe?g)$/i.test(file)) {
        yield { name, source: pictureSource(bytes, file), picture: true };
      } else if (looksLikeDicom(bytes) || /\.dcm$/i.test(file)) {
        const instance = parsePart10(bytes);
        const known = series.get(instance.seriesInstanceUID);
        if (known) known.instances.push(instance);
        else series.set(instance.seriesInstanceUID, { name, instances: [instance] });
      }
    } catch (error) {
      fail(file, error);
    }
  }
  for (const { name, instances } of series.values()) {
    try {
      yield { name, source: assembleSource(instances), picture: false };
    } catch (error) {
      fail(name, error);
    }
  }
}
