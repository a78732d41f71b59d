import { MaskwrightError } from '@maskwright/errors';
import type { GraphInput, GraphOutput } from './graph.ts';

const USUAL_BATCH = 8;

/** What `run` gives for all items, `size` at a time and in order. @throws RangeError for a size below 1 */
export async function inBatches<T, R>(
  items: readonly T[],
  size: number | undefined,
  run: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const step = size ?? USUAL_BATCH;
  if (!(step >= 1)) throw new RangeError(`a batch of ${step}`);
  const results: R[] = [];
  for (let start = 0; start < items.length; start += step)
    results.push(...(await run(items.slice(start, start + step))));
  return results;
}

/** The n-th row of a batch, without its first axis; shares memory with the batch. */
export function row({ dims, data }: GraphOutput, index: number): GraphOutput {
  const [, ...rest] = dims;
  const size = rest.reduce((product, one) => product * one, 1);
  return { dims: rest, data: data.subarray(index * size, (index + 1) * size) };
}

/** Rows of one shape as a batch. */
export function stack(rows: readonly GraphOutput[]): GraphInput & { readonly type: 'float32' } {
  const [first] = rows;
  if (!first) throw new RangeError('a batch needs at least one row');
  const size = first.data.length;
  const data = new Float32Array(rows.length * size);
  for (const [index, one] of rows.entries()) {
    if (one.data.length !== size)
      throw new RangeError(`rows of ${size} and ${one.data.length} values do not make a batch`);
    data.set(one.data, index * size);
  }
  return { type: 'float32', dims: [rows.length, ...first.dims], data };
}

/**
 * The named output, whose first axis must be `n` and whose others must be as `rest` says (undefined: any size; without
 * `rest` any number of axes).
 * @throws MaskwrightError BUNDLE_INVALID naming output and shape
 */
export function outputOf(
  outputs: ReadonlyMap<string, GraphOutput>,
  name: string,
  n: number,
  rest: readonly (number | undefined)[] | undefined,
  where: string,
): GraphOutput {
  const output = outputs.get(name);
  const wanted = [n, ...(rest ?? [])];
  const fits =
    (rest === undefined || output?.dims.length === wanted.length) &&
    wanted.every((size, axis) => size === undefined || size === output?.dims[axis]);
  if (!output || !fits) {
    const expected = [...wanted.map((size) => size ?? 'any'), ...(rest ? [] : ['…'])].join(' × ');
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `${where}: output ${name} is ${output?.dims.join(' × ') ?? 'absent'}, expected ${expected}`,
    );
  }
  return output;
}
