import { type DataSet, items, numbers, parsePart10 } from '@maskwright/dicom';
import { encodeSeg } from './encode-seg.ts';
import type { SegInput } from './seg-input.ts';

/** The data set of a SEG. */
export function written(input: SegInput): DataSet {
  return parsePart10(encodeSeg(input)).dataset;
}
export function perFrame(dataset: DataSet): DataSet[] {
  return items(dataset, 'PerFrameFunctionalGroupsSequence');
}
/** First item of the first sequence, and so on. */
export function within(group: DataSet | undefined, ...path: readonly string[]): DataSet {
  return path.reduce<DataSet>((place, keyword) => items(place, keyword)[0] ?? {}, group ?? {});
}
export function positions(dataset: DataSet): number[][] {
  return perFrame(dataset).map((group) => numbers(within(group, 'PlanePositionSequence'), 'ImagePositionPatient'));
}
