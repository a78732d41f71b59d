import { type DataSet, number } from '@maskwright/dicom';
import { callingAEOf } from './calling-ae.ts';
import type { SeriesFacts } from './selection.ts';

/** What the instances of a series tell together: how many images they are, and who sent them. */
export function seriesFactsOf(instances: readonly DataSet[]): SeriesFacts {
  const slices = instances.reduce((sum, one) => sum + Math.max(1, number(one, 'NumberOfFrames') ?? 1), 0);
  const [callingAE] = instances.flatMap((one) => callingAEOf(one) ?? []);
  return { slices, callingAE };
}
