import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { segmentedTable } from './segmented-palette.ts';

function table(length: number, words: readonly number[]) {
  const dataset = datasetOf({
    RedPaletteColorLookupTableDescriptor: [length, 0, 16],
    SegmentedRedPaletteColorLookupTableData: Uint16Array.from(words),
  });
  const data = 'SegmentedRedPaletteColorLookupTableData';
  return segmentedTable(dataset, 'RedPaletteColorLookupTableDescriptor', data, false)?.entries;
}

test.each<[string, number, number[], number[]]>([
  ['runs', 3, [0, 3, 7, 8, 9], [7, 8, 9]],
  ['lines from the last entry', 5, [0, 1, 0, 1, 4, 8], [0, 2, 4, 6, 8]],
  ['segments told before', 7, [0, 1, 0, 1, 2, 10, 2, 2, 0, 0, 0, 1, 5], [0, 5, 10, 0, 5, 10, 5]],
])('%s', (_, length, words, entries) => {
  expect([...(table(length, words) ?? [])]).toEqual(entries);
});

test.each<[string, number, number[]]>([
  ['segments that do not fill the table', 9, [0, 2, 1, 2]],
  ['a segment of no kind', 3, [7, 3, 1, 2, 3]],
  ['segments that repeat themselves', 9, [2, 1, 0, 0]],
])('%s are refused', (_, length, words) => {
  expect(() => table(length, words)).toThrow(expect.objectContaining({ code: 'PIXELS_CORRUPT' }));
});
