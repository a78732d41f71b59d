import { type DataSet, text } from './dataset.ts';

/** Modalities whose images make one volume. */
const SLICES = new Set(['CT', 'MR', 'PT', 'NM']);

/** Whether an image is a slice of a volume, rather than one that stands for itself as a radiograph or a photograph does. */
export function isSlice(dataset: DataSet): boolean {
  return SLICES.has(text(dataset, 'Modality') ?? '');
}
