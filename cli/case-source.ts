import { createHash } from 'node:crypto';
import { type Instance, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { pictureSource } from './picture-source.ts';
import { readInput } from './read-file.ts';

/** The bytes of a case's image: a picture, a DICOM file, or a folder with one series. */
export interface ImageFiles {
  readonly files: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  /** sha256 over all of them. */
  readonly digest: string;
}

/** @throws MaskwrightError INPUT_NOT_FOUND, INPUT_UNREADABLE */
export async function readImageFiles(path: string): Promise<ImageFiles> {
  const files: { file: string; bytes: Uint8Array }[] = [];
  const hash = createHash('sha256');
  for await (const file of filesUnder([path])) {
    const bytes = await readInput(file);
    hash.update(`${bytes.length} `).update(bytes);
    files.push({ file, bytes });
  }
  return { files, digest: hash.digest('hex') };
}

/** @throws MaskwrightError PIXELS_*, DICOM_*, NOT_DICOM naming the file, GEOMETRY_INVALID */
export function sourceOf({ files }: ImageFiles, path: string): SourceImage {
  const [first] = files;
  if (!first) throw new MaskwrightError('INPUT_NOT_FOUND', `${path} is empty`);
  if (files.length === 1 && !looksLikeDicom(first.bytes) && !/\.dcm$/i.test(first.file))
    return pictureSource(first.bytes, first.file);
  return assembleSource(files.map(instanceOf));
}

function instanceOf({ file, bytes }: ImageFiles['files'][number]): Instance {
  try {
    return parsePart10(bytes);
  } catch (cause) {
    if (cause instanceof MaskwrightError) throw new MaskwrightError(cause.code, `${file}: ${cause.message}`, { cause });
    throw cause;
  }
}
