import type { RgbImage } from '@maskwright/image';

/** One way in which images from elsewhere differ; none moves a structure, so the true mask stays true. */
type Shift = (value: (x: number, y: number, channel: number) => number, random: () => number) => typeof value;

/** Value 0–255 of a pixel to another, by what a camera, a detector or an export does. */
const SHIFTS: readonly Shift[] = [
  (value, random) => (x, y, c) => value(x, y, c) + (random() + random() + random() - 1.5) * 70,
  (value) => (x, y, c) => 255 * (value(x, y, c) / 255) ** 2.6,
  (value) => (x, y, c) => 255 * (value(x, y, c) / 255) ** 0.4,
  (value) => (x, y, c) => 255 - value(x, y, c),
  (value) => (x, y, c) => 100 + 0.25 * (value(x, y, c) - 100),
  (value) => (x, y, c) => 0.55 * value(x, y, c) + 0.45 * value(x, y, (c + 1) % 3) + (c === 2 ? 50 : -15),
  (value) => (x, y, c) => boxMean(value, x, y, c, 5),
  (value) => (x, y, c) => value(Math.floor(x / 9) * 9 + 4, Math.floor(y / 9) * 9 + 4, c),
];

/** The image as another place might have made it; the same seed gives the same image. */
export function shifted({ width, height, data }: RgbImage, seed: number): RgbImage {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const shift = SHIFTS[seed % SHIFTS.length] ?? ((value) => value);
  const clip = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  const value = shift((x, y, c) => data[3 * (clip(y, height) * width + clip(x, width)) + c] ?? 0, random);
  const result = new Uint8Array(data.length);
  for (let i = 0; i < result.length; i++) {
    const pixel = Math.floor(i / 3);
    result[i] = Math.min(255, Math.max(0, value(pixel % width, Math.floor(pixel / width), i % 3)));
  }
  return { width, height, data: result };
}

function boxMean(value: ReturnType<Shift>, x: number, y: number, channel: number, radius: number): number {
  let sum = 0;
  let n = 0;
  for (let dy = -radius; dy <= radius; dy += 2)
    for (let dx = -radius; dx <= radius; dx += 2, n++) sum += value(x + dx, y + dy, channel);
  return sum / n;
}
