import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { describeTable } from './lookup-table.ts';

test.each([
  ['of 65536 entries, counted as 0', [0, 0, 16], false, { length: 65536, first: 0, bits: 16 }],
  ['of 65535', [65535, 1, 16], false, { length: 65535, first: 1, bits: 16 }],
  ['whose count was read as signed', [-1, 0, 16], false, { length: 65535, first: 0, bits: 16 }],
  ['from below zero', [4, 65534, 8], true, { length: 4, first: -2, bits: 8 }],
  ['from far above zero', [4, -2, 8], false, { length: 4, first: 65534, bits: 8 }],
])('a lookup table %s', (_, LUTDescriptor, signed, expected) => {
  expect(describeTable(datasetOf({ LUTDescriptor }), 'LUTDescriptor', signed)).toEqual(expected);
});
