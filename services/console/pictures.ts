import type { Task } from '@maskwright/catalogue';
import { decodeFrame, renderRgb, type SourceImage } from '@maskwright/image';
import type { DecodedSeg } from '@maskwright/result';
import { PNG } from 'pngjs';

/** A frame of the source (from 0) as a PNG, windowed as the model saw it. Undefined: there is no such frame. */
export async function imagePng(source: SourceImage, task: Task, frame: number): Promise<Buffer | undefined> {
  const wanted = source.frames[frame];
  if (!wanted) return undefined;
  const { window } = task;
  const image = renderRgb(await decodeFrame(wanted), wanted.instance.dataset, window ? { window } : {});
  const png = new PNG({ width: image.width, height: image.height });
  for (let i = 0; i < image.width * image.height; i++) {
    png.data.set(image.data.subarray(i * 3, i * 3 + 3), i * 4);
    png.data[i * 4 + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: 2 });
}

/** The segments on a frame (from 0) in their own colours, transparent elsewhere; borders are drawn opaque. */
export function maskPng(
  source: SourceImage,
  seg: DecodedSeg,
  frame: number,
  wanted: ReadonlySet<number>,
): Buffer | undefined {
  const on = source.frames[frame];
  if (!on) return undefined;
  const { rows, columns } = seg;
  const png = new PNG({ width: columns, height: rows });
  for (const { number, color, frames } of seg.segments) {
    if (!wanted.has(number)) continue;
    const found = frames.find(
      (one) => one.sourceSOPInstanceUID === on.instance.sopInstanceUID && one.frameNumber === on.frameNumber,
    );
    if (found) paint(png, found.data, color);
  }
  return PNG.sync.write(png);
}

function paint(png: PNG, mask: Uint8Array, color: readonly [number, number, number]): void {
  const { width, height } = png;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (!mask[i]) continue;
      const inner =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        mask[i - 1] &&
        mask[i + 1] &&
        mask[i - width] &&
        mask[i + width];
      png.data.set([...color, inner ? 110 : 255], i * 4);
    }
  }
}
