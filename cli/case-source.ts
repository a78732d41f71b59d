import { createHash } from 'node:crypto';
import { type Instance, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource, type RgbImage, type SourceImage } from '@maskwright/image';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { decodePicture, rgbSource } from './picture-source.ts';
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

/** What a case's image may stand for; of a picture with its pixels. */
export interface CaseImage {
  readonly source: SourceImage;
  readonly picture?: RgbImage;
}

/**
 * The image as viewers show it; of a picture that they turn, also as it is stored.
 * @throws MaskwrightError PICTURE_INVALID, PIXELS_*, DICOM_*, NOT_DICOM naming the file, GEOMETRY_INVALID
 */
export function imagesOf({ files, digest }: ImageFiles, path: string): readonly [CaseImage, ...CaseImage[]] {
  const [first] = files;
  if (!first) throw new MaskwrightError('INPUT_NOT_FOUND', `${path} is empty`);
  if (files.length > 1 || looksLikeDicom(first.bytes) || /\.dcm$/i.test(first.file))
    return [{ source: assembleSource(files.map(instanceOf)) }];
  const { shown, stored } = decodePicture(first.bytes, first.file);
  const of = (picture: RgbImage) => ({ source: rgbSource(picture, digest), picture });
  return shown === stored ? [of(shown)] : [of(shown), of(stored)];
}

function instanceOf({ file, bytes }: ImageFiles['files'][number]): Instance {
  try {
    return parsePart10(bytes);
  } catch (cause) {
    if (cause instanceof MaskwrightError) throw new MaskwrightError(cause.code, `${file}: ${cause.message}`, { cause });
    throw cause;
  }
}
