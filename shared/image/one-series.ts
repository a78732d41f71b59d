import { type Instance, number, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { framesOfReference } from './source-frames.ts';

/** All of one series, each SOP instance once. */
export function distinct(images: readonly Instance[], warnings: string[]): Instance[] {
  const byUid = new Map<string, Instance>();
  for (const image of images) {
    const other = differing(image, images[0] ?? image);
    if (other) throw new MaskwrightError('GEOMETRY_INVALID', `slices do not belong together: ${other} differs`);
    const twin = byUid.get(image.sopInstanceUID);
    if (twin && !samePixels(twin, image)) {
      throw new MaskwrightError(
        'GEOMETRY_INVALID',
        `SOPInstanceUID repeated with other content: ${image.sopInstanceUID}`,
      );
    }
    if (twin) warnings.push(`${image.sopInstanceUID} came more than once`);
    byUid.set(image.sopInstanceUID, image);
  }
  return [...byUid.values()];
}
/** What is the same in all images of one series (PS3.3 C.7.1.1, C.7.2.1, C.7.3.1) and differs in these. */
function differing(a: Instance, b: Instance): string | undefined {
  if (a.seriesInstanceUID !== b.seriesInstanceUID) return 'SeriesInstanceUID';
  if (a.studyInstanceUID !== b.studyInstanceUID) return 'StudyInstanceUID';
  return ['PatientID', 'Modality'].find((keyword) => text(a.dataset, keyword) !== text(b.dataset, keyword));
}
function samePixels(a: Instance, b: Instance): boolean {
  // Whoever keeps pixels in files compares twins, and gives both the same.
  if (a.storedPixels || b.storedPixels) return a.storedPixels === b.storedPixels;
  const [left = [], right = []] = [a.pixelData, b.pixelData];
  return (
    left.length === right.length && left.every((part, at) => Buffer.compare(part, right[at] ?? new Uint8Array()) === 0)
  );
}

/** A number that all images of one matrix state alike. */
export function common(images: readonly Instance[], keyword: string): number {
  const values = [...new Set(images.map(({ dataset }) => number(dataset, keyword) ?? 0))];
  const [value = 0] = values;
  if (values.length > 1) {
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      `slices do not belong together: ${keyword} is ${values.slice(0, 4).join(', ')} within one series`,
    );
  }
  return value;
}

/** The common frame of reference; undefined where none is given. */
export function frameOfReference(images: readonly Instance[]): string | undefined {
  const [first, ...others] = framesOfReference(images.map((instance) => ({ instance })));
  if (others.length === 0) return first;
  throw new MaskwrightError(
    'GEOMETRY_INVALID',
    'slices do not belong together: FrameOfReferenceUID differs within one series',
  );
}
