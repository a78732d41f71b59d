import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extentOf, largestPiece, pixelCount, type Run, runsOf } from './runs.ts';

/** Rows of a picture: `#` is inside. */
function maskOf(rows: readonly string[]): Uint8Array {
  return Uint8Array.from([...rows.join('')], (character) => Number(character === '#'));
}
function pixelsOf(runs: readonly Run[], columns: number): number[] {
  return runs.flatMap(({ row, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, offset) => row * columns + from + offset),
  );
}
/** Pixel after pixel, each with its eight neighbours. */
function piecesByFlood(mask: Uint8Array, columns: number): number[][] {
  const left = new Set(mask.keys().filter((at) => mask[at] === 1));
  const pieces: number[][] = [];
  for (const start of left) {
    const piece = [start];
    left.delete(start);
    for (const at of piece) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (const other of left) {
        const near = Math.abs(Math.floor(other / columns) - row) <= 1 && Math.abs((other % columns) - column) <= 1;
        if (!near) continue;
        left.delete(other);
        piece.push(other);
      }
    }
    pieces.push(piece.sort((a, b) => a - b));
  }
  return pieces;
}

describe('runs', () => {
  const masks = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([rows, columns]) =>
      fc
        .array(fc.integer({ min: 0, max: 2 }), { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ columns, mask: Uint8Array.from(values, (value) => Number(value > 0)) })),
    );

  test('hold the pixels of the mask, in order, and none across the end of a row', () => {
    fc.assert(
      fc.property(masks, ({ mask, columns }) => {
        const runs = runsOf(mask, columns);
        expect(pixelsOf(runs, columns)).toEqual([...mask.keys().filter((at) => mask[at] === 1)]);
        expect(pixelCount(runs)).toBe(mask.reduce((sum, value) => sum + value, 0));
        for (const { from, to } of runs) expect(from <= to && to < columns).toBe(true);
      }),
    );
  });

  test('of the largest piece are as large as flooding finds it', () => {
    const sparse = masks.map(({ mask, columns }) => ({ columns, mask: mask.map((value, at) => (at % 3 ? value : 0)) }));
    fc.assert(
      fc.property(fc.oneof(masks, sparse), ({ mask, columns }) => {
        const largest = pixelsOf(largestPiece(runsOf(mask, columns)), columns);
        const pieces = piecesByFlood(mask, columns);
        const most = Math.max(0, ...pieces.map((piece) => piece.length));
        expect(largest.length).toBe(most);
        if (most > 0) expect(pieces).toContainEqual(largest);
      }),
    );
  });

  test.each([
    ['two rings, one in the other', ['#####', '#...#', '#.#.#', '#...#', '#####'], 16],
    ['a spiral that joins late', ['#.###', '#.#.#', '#.#.#', '#...#', '#####'], 17],
    ['pieces that touch at a corner', ['#..', '.#.', '..#'], 3],
  ])('belong together: %s', (_, rows, pixels) => {
    expect(pixelCount(largestPiece(runsOf(maskOf(rows), rows.length)))).toBe(pixels);
  });

  test('know their extent', () => {
    expect(extentOf(runsOf(maskOf(['.....', '..#..', '.##..', '...#.']), 5))).toEqual({
      top: 1,
      bottom: 3,
      left: 1,
      right: 3,
    });
  });
});
