import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { segmentedTable } from './segmented-palette.ts';

function table(length: number, units: readonly number[], bits: 8 | 16 = 16) {
  const dataset = datasetOf({
    RedPaletteColorLookupTableDescriptor: [length, 0, bits],
    SegmentedRedPaletteColorLookupTableData: bits === 8 ? Uint8Array.from(units) : Uint16Array.from(units),
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

test.each<[string, number, number[], number[]]>([
  ['runs', 3, [0, 3, 7, 8, 9, 0], [7, 8, 9]],
  [
    'segments told before, four bytes on',
    7,
    [0, 2, 3, 9, 1, 2, 11, 2, 1, 4, 0, 0, 0, 0, 1, 5],
    [3, 9, 10, 11, 11, 11, 5],
  ],
])('of eight bits, in bytes: %s', (_, length, bytes, entries) => {
  expect([...(table(length, bytes, 8) ?? [])]).toEqual(entries);
});

// PS3.6 annex B.1; entries 0, 1, 127, 128, 254 and 255 as pydicom expands them.
test.each<[string, number[], number[]]>([
  ['SPRING red, FALL red', [0, 1, 255, 1, 255, 255], [255, 255, 255, 255, 255, 255]],
  ['SPRING green, FALL green, WINTER green', [0, 1, 0, 1, 255, 255], [0, 1, 127, 128, 254, 255]],
  ['SPRING blue', [0, 1, 255, 1, 255, 0], [255, 254, 128, 127, 1, 0]],
  ['SUMMER green, WINTER blue', [0, 1, 255, 1, 255, 128], [255, 255, 192, 191, 128, 128]],
  ['SUMMER blue', [0, 1, 0, 1, 127, 0, 1, 128, 254, 0], [0, 0, 0, 2, 252, 254]],
  ['WINTER red', [0, 1, 0, 1, 127, 0, 1, 128, 127, 0], [0, 0, 0, 1, 126, 127]],
])('the palette of DICOM itself: %s', (_, bytes, expected) => {
  const entries = table(256, bytes, 8);
  expect([0, 1, 127, 128, 254, 255].map((at) => entries?.[at])).toEqual(expected);
});

test.each<[string, number, number[]]>([
  ['segments that do not fill the table', 9, [0, 2, 1, 2]],
  ['a segment of no kind', 3, [7, 3, 1, 2, 3]],
  ['segments that repeat themselves', 9, [2, 1, 0, 0]],
])('%s are refused', (_, length, words) => {
  expect(() => table(length, words)).toThrow(expect.objectContaining({ code: 'PIXELS_CORRUPT' }));
});
