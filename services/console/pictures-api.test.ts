import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heart, image } from './sample.ts';
import { type SampleConsole, startWithThreeResults, stored, waiting } from './sample-console.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('pictures', () => {
  test('are described before they are drawn', async () => {
    expect(await (await served.get(`/api/results/${stored}/picture`)).json()).toMatchObject({
      rows: 10,
      columns: 10,
      frames: 1,
      pixelAspect: 1,
      fullestFrame: 0,
      edges: [{ left: 'R', right: 'L', top: 'H', bottom: 'F' }],
      segments: [{ number: 1, label: 'Heart', frames: [0] }],
    });
  });

  test('the image is the rendered one', async () => {
    const png = await pngOf(`/api/results/${stored}/image/${image}/1`);
    expect([png.width, png.height]).toEqual([10, 10]);
    expect(png.data[0]).toBeLessThan(png.data[99 * 4] ?? 0);
  });

  test('the mask lies where the SEG has it, in its colour, transparent elsewhere', async () => {
    const { data } = await pngOf(`/api/results/${stored}/mask/${image}/1/1`);
    const inside = heart.indexOf(1);
    expect([...heart].map((_, at) => data[at * 4 + 3])).toEqual([...heart].map((value) => value * 255));
    const [red = 0, green = 0, blue = 0] = data.subarray(inside * 4);
    const color = served.catalogue.task('chest-xray').targets.find(({ name }) => name === 'heart')?.color ?? [0, 0, 0];
    // The SEG has the colour as CIELab of 16 bits.
    for (const [index, value] of [red, green, blue].entries())
      expect(Math.abs(value - (color[index] ?? 0))).toBeLessThan(3);
  });

  test('of a result without a SEG are the image alone', async () => {
    expect(await (await served.get(`/api/results/${waiting}/picture`)).json()).toMatchObject({
      frames: 1,
      segments: [],
    });
  });

  async function pngOf(path: string): Promise<PNG> {
    const response = await served.get(path);
    expect(response.headers.get('content-type')).toBe('image/png');
    return PNG.sync.read(Buffer.from(await response.arrayBuffer()));
  }
});
