import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';

export interface DiscOptions {
  readonly count: number;
  /** Pixels of a side; default 64. */
  readonly side?: number;
  /** Name in the table, and beginning of the files' names. */
  readonly dataset?: string;
}

/**
 * Bright discs on a dark, noisy ground with their masks, no two alike, and always the same ones. Every fifth is faint.
 * @returns the lines of a table of cases, without its header
 */
export async function writeDiscs(folder: string, options: DiscOptions): Promise<string[]> {
  const { count, side = 64, dataset = 'chest-xray discs' } = options;
  await mkdir(folder, { recursive: true });
  const lines: string[] = [];
  for (let index = 0; index < count; index++) {
    const random = randomOf(index + 1);
    const [x0, y0, radius] = [
      side * (0.3 + 0.4 * random()),
      side * (0.3 + 0.4 * random()),
      side * (0.1 + 0.2 * random()),
    ];
    const inside = (x: number, y: number) => (x - x0) ** 2 + (y - y0) ** 2 < radius ** 2;
    const bright = index % 5 === 4 ? 150 : 215;
    const image = grey(side, (x, y) => (inside(x, y) ? bright : 50) + 30 * random());
    const mask = grey(side, (x, y) => (inside(x, y) ? 255 : 0));
    await writeFile(path.join(folder, `${index}.png`), image);
    await writeFile(path.join(folder, `${index}.mask.png`), mask);
    lines.push(`${index}.png,${index}.mask.png,heart,,${dataset}`);
  }
  return lines;
}

export const CASES_HEADER = 'image,mask,target,attributes,dataset';

function grey(side: number, value: (x: number, y: number) => number): Buffer {
  const png = new PNG({ width: side, height: side });
  for (let i = 0; i < side * side; i++) {
    const level = value(i % side, Math.floor(i / side));
    png.data.set([level, level, level, 255], 4 * i);
  }
  return PNG.sync.write(png, { colorType: 0, deflateLevel: 1 });
}

function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
