import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillOutlines } from './fill.ts';
import { outlinesOf } from './outlines.ts';

/** A frame from rows of `#` and `.`. */
function frameOf(...rows: string[]): { frame: Uint8Array; rows: number; columns: number } {
  const columns = rows[0]?.length ?? 0;
  return { frame: Uint8Array.from(rows.join(''), (one) => (one === '#' ? 1 : 0)), rows: rows.length, columns };
}

describe('outlines of a mask', () => {
  test.each<[string, string[], number[][]]>([
    ['nothing has none', ['...', '...'], []],
    ['one pixel', ['...', '.#.'], [[1, 1, 2, 1, 2, 2, 1, 2, 1, 1]]],
    ['straight edges have no points between their ends', ['###', '###'], [[0, 0, 3, 0, 3, 2, 0, 2, 0, 0]]],
    [
      'a hole has its own, the other way round',
      ['###', '#.#', '###'],
      [
        [0, 0, 3, 0, 3, 3, 0, 3, 0, 0],
        [1, 1, 1, 2, 2, 2, 2, 1, 1, 1],
      ],
    ],
    [
      'islands that touch at a corner are two',
      ['#.', '.#'],
      [
        [0, 0, 1, 0, 1, 1, 0, 1, 0, 0],
        [1, 1, 2, 1, 2, 2, 1, 2, 1, 1],
      ],
    ],
    [
      'also at the other corners',
      ['.#', '#.'],
      [
        [1, 0, 2, 0, 2, 1, 1, 1, 1, 0],
        [0, 1, 1, 1, 1, 2, 0, 2, 0, 1],
      ],
    ],
    [
      'a ring that closes at a corner',
      ['##', '.#', '##'].map((row) => row),
      [[0, 0, 2, 0, 2, 3, 0, 3, 0, 2, 1, 2, 1, 1, 0, 1, 0, 0]],
    ],
  ])('%s', (_, drawn, outlines) => {
    const { frame, columns } = frameOf(...drawn);
    expect(outlinesOf(frame, columns)).toEqual(outlines);
  });

  const masks = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([rows, columns]) =>
      fc
        .array(fc.constantFrom(0, 1), { minLength: rows * columns, maxLength: rows * columns })
        .map((pixels) => ({ frame: Uint8Array.from(pixels), rows, columns })),
    );

  test('filled they give the mask back', () => {
    fc.assert(
      fc.property(masks, ({ frame, rows, columns }) => {
        expect(fillOutlines(outlinesOf(frame, columns), rows, columns)).toEqual(frame);
      }),
      { numRuns: 500 },
    );
  });

  test('are closed, lie on corners of pixels of the image, turn at every point, and are as many as islands and holes', () => {
    fc.assert(
      fc.property(masks, ({ frame, rows, columns }) => {
        const outlines = outlinesOf(frame, columns);
        expect(outlines).toHaveLength(pieces(frame, rows, columns));
        for (const line of outlines) {
          expect(line.slice(-2)).toEqual(line.slice(0, 2));
          expect(
            line.every((value, at) => Number.isInteger(value) && value >= 0 && value <= (at % 2 ? rows : columns)),
          ).toBe(true);
          const level = line.flatMap((_, at) => (at % 2 || at === 0 ? [] : [line[at + 1] === line[at - 1]]));
          expect(level.every((one, at) => at === 0 || one !== level[at - 1])).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of a large frame too', () => {
    const size = 1024;
    const frame = new Uint8Array(size * size);
    for (let row = 0; row < size; row += 1) frame.fill(1, row * size + (row % 300), row * size + 400 + (row % 500));
    const filled = fillOutlines(outlinesOf(frame, size), size, size);
    expect(Buffer.compare(filled, frame)).toBe(0);
  });
});

/** Islands by edges, holes by edges and corners; the outside is no hole. */
function pieces(frame: Uint8Array, rows: number, columns: number): number {
  const wide = columns + 2;
  const framed = new Uint8Array((rows + 2) * wide);
  for (let row = 0; row < rows; row += 1)
    framed.set(frame.subarray(row * columns, (row + 1) * columns), (row + 1) * wide + 1);
  const edges = [1, -1, wide, -wide];
  const corners = [...edges, wide + 1, wide - 1, -wide + 1, -wide - 1];
  return count(framed, 1, edges) + count(framed, 0, corners) - 1;
}
function count(pixels: Uint8Array, of: number, neighbours: readonly number[]): number {
  const seen = new Set<number>();
  let found = 0;
  for (const [start, value] of pixels.entries()) {
    if (value !== of || seen.has(start)) continue;
    found += 1;
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at) || pixels[at] !== of) continue;
      seen.add(at);
      open.push(...neighbours.map((step) => (at ?? 0) + step));
    }
  }
  return found;
}
