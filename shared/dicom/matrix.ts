import { type DataSet, number } from './dataset.ts';
import { isSlice } from './slices.ts';

/** Rows and columns of an image, as in `1024x768`. */
export type Matrix = `${number}x${number}`;

/** Undefined where a data set is of no image. */
export function matrixOf(dataset: DataSet): Matrix | undefined {
  const [rows, columns] = [number(dataset, 'Rows'), number(dataset, 'Columns')];
  return isSize(rows) && isSize(columns) ? `${rows}x${columns}` : undefined;
}

/** `1024 rows × 768 columns` */
export function matrixInWords(matrix: Matrix): string {
  const [rows, columns] = matrix.split('x');
  return `${rows} rows × ${columns} columns`;
}

/** Whether it is an image of that size, where one is asked for. */
export function hasMatrix(dataset: DataSet, matrix: Matrix | undefined): boolean {
  return matrix === undefined || matrixOf(dataset) === matrix;
}

/** The sizes of those images that stand for themselves, as a radiograph or a photograph does. */
export function matricesOf(images: readonly { readonly dataset: DataSet }[]): Matrix[] {
  const single = images.filter(({ dataset }) => !isSlice(dataset));
  return [...new Set(single.flatMap(({ dataset }) => matrixOf(dataset) ?? []))];
}

/** A header may hold what no US does. */
function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0 && value < 0x10000;
}
