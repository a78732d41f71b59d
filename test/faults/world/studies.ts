import { type Instance, parsePart10 } from '@maskwright/dicom';
import { endoscopyStudy } from '@maskwright/phantom';

export interface Study {
  readonly file: Uint8Array;
  readonly instance: Instance;
}

/** So many small studies, of one image each, that the catalogue has a task for. The same number gives the same studies. */
export function studies(count: number, firstSeed = 101): Study[] {
  return Array.from({ length: count }, (_, index) => {
    const [file] = endoscopyStudy({ seed: firstSeed + index, size: 64 }).files;
    if (!file) throw new Error('a phantom has a file');
    return { file: file.bytes, instance: parsePart10(file.bytes) };
  });
}
