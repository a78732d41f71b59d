import { expect, test } from 'vitest';
import { hasMatrix, matrixOf } from './matrix.ts';
import { datasetOf } from './part10.ts';

const sized = (Rows: number, Columns: number) => datasetOf({ Rows, Columns });

test.each([
  [1024, 768, '1024x768'],
  [65535, 1, '65535x1'],
  [0, 768, undefined],
  [1024, 65536, undefined],
  [10.5, 768, undefined],
])('the matrix of %d rows and %d columns: %s', (rows, columns, matrix) => {
  expect(matrixOf(sized(rows, columns))).toBe(matrix);
});

test.each([
  ['one is asked for and it is that', sized(4, 5), '4x5', true],
  ['another is asked for', sized(4, 5), '5x4', false],
  ['one is asked for and it is no image', datasetOf({ Modality: 'SR' }), '4x5', false],
  ['none is asked for', datasetOf({ Modality: 'SR' }), undefined, true],
] as const)('%s', (_, dataset, matrix, has) => {
  expect(hasMatrix(dataset, matrix)).toBe(has);
});
