import type { PlaneMask } from './components.ts';

/** Hue in degrees up to which a colour has its name. */
const HUES = [
  [15, 'red'],
  [45, 'orange'],
  [70, 'yellow'],
  [170, 'green'],
  [260, 'blue'],
  [320, 'purple'],
  [345, 'pink'],
  [360, 'red'],
] as const;

/** Name of the mean colour under a mask; undefined where the image is grey all over, for then it shows no colour. */
export function colorWord(mask: PlaneMask, rgb: Uint8Array): string | undefined {
  const sum = [0, 0, 0];
  let count = 0;
  let colored = false;
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    const [r = 0, g = 0, b = 0] = rgb.subarray(3 * pixel, 3 * pixel + 3);
    colored ||= r !== g || g !== b;
    if (!mask.data[pixel]) continue;
    for (const [channel, value] of [r, g, b].entries()) sum[channel] = (sum[channel] ?? 0) + value;
    count++;
  }
  const [r = 0, g = 0, b = 0] = sum.map((total) => total / count / 255);
  return colored && count > 0 ? nameOf(r, g, b) : undefined;
}

/** r, g, b in 0 … 1. */
function nameOf(r: number, g: number, b: number): string {
  const value = Math.max(r, g, b);
  const chroma = value - Math.min(r, g, b);
  const saturation = value === 0 ? 0 : chroma / value;
  if (value < 0.2) return 'black';
  if (saturation < 0.15) return value > 0.6 ? 'white' : 'gray';
  const sixth = value === r ? ((g - b) / chroma + 6) % 6 : value === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  const hue = HUES.find(([until]) => sixth * 60 < until)?.[1] ?? 'red';
  if (hue === 'orange' && value < 0.7) return 'brown';
  if (hue === 'orange' && saturation < 0.5) return 'tan';
  return hue === 'red' && saturation < 0.45 && value > 0.6 ? 'pink' : hue;
}
