import type { Mask } from '@maskwright/image';

/** A mask of ellipses at places that follow from the seed; every third frame stays empty where there are several. */
export function blobs(frames: number, rows: number, columns: number, seed: number): Mask {
  const random = generator(seed);
  const data = new Uint8Array(frames * rows * columns);
  for (let frame = 0; frame < frames; frame += 1) {
    const [y, x] = [random() * rows, random() * columns];
    const [height, width] = [rows * (0.05 + random() / 4), columns * (0.05 + random() / 4)];
    if (frames > 2 && frame % 3 === seed % 3) continue;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const inside = ((row - y) / height) ** 2 + ((column - x) / width) ** 2 <= 1;
        if (inside) data[(frame * rows + row) * columns + column] = 1;
      }
    }
  }
  return { frames, rows, columns, data };
}

/** Numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
