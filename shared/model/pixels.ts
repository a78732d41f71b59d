import { type RgbImage, resizeRgb } from '@maskwright/image';
import type { GraphInput } from './graph.ts';
import type { ModelInput } from './manifest.ts';

/** Images as float32 [N, 3, height, width], squashed to the model's size, (value − mean) / std per channel. */
export function pixelValues(images: readonly RgbImage[], input: ModelInput): GraphInput & { readonly type: 'float32' } {
  const { width, height, channels } = input;
  const plane = width * height;
  const data = new Float32Array(images.length * channels * plane);
  for (const [n, image] of images.entries()) {
    const pixels = resizeRgb(image, width, height).data;
    for (let channel = 0; channel < channels; channel++) {
      const mean = input.mean[channel] ?? 0;
      const std = input.std[channel] ?? 1;
      const start = (n * channels + channel) * plane;
      for (let i = 0; i < plane; i++) data[start + i] = ((pixels[i * channels + channel] ?? 0) - mean) / std;
    }
  }
  return { type: 'float32', dims: [images.length, channels, height, width], data };
}
