import type { RgbImage } from '@maskwright/image';
import type { Logits } from '@maskwright/model';

/** Another way to hold an image. Each undoes itself. */
export interface Pose {
  /** As a mirror shows it: each row's pixels in the other order. */
  readonly mirrored: boolean;
  /** By half a circle. */
  readonly turned: boolean;
}

/** The poses that a family allows, without the image's own. */
export function posesOf({ mirrored = false, turned = false }: Partial<Pose> = {}): Pose[] {
  return [
    ...(mirrored ? [{ mirrored: true, turned: false }] : []),
    ...(turned ? [{ mirrored: false, turned: true }] : []),
    ...(mirrored && turned ? [{ mirrored: true, turned: true }] : []),
  ];
}

/** Whether a family that allows these allows the pose. */
export function allows({ mirrored = false, turned = false }: Partial<Pose> = {}, pose: Pose): boolean {
  return (mirrored || !pose.mirrored) && (turned || !pose.turned);
}

export function posedImage({ width, height, data }: RgbImage, pose: Pose): RgbImage {
  const posed = new Uint8Array(data.length);
  move(data, posed, { width, height, values: 3 }, pose);
  return { width, height, data: posed };
}

/** What was said of the posed image, back in the image's own rows and columns. */
export function unposedLogits({ width, height, data }: Logits, pose: Pose): Logits {
  const unposed = new Float32Array(data.length);
  move(data, unposed, { width, height, values: 1 }, pose);
  return { width, height, data: unposed };
}

/** Whether the words would still be true of the posed image: they do not name a place that it moves. */
export function holds(words: string, { mirrored, turned }: Pose): boolean {
  const acrossMoves = mirrored !== turned;
  return !(acrossMoves && /\b(left|right)\b/i.test(words)) && !(turned && /\b(top|bottom|upper|lower)\b/i.test(words));
}

/** @param values of each pixel, one beside the other */
function move(
  from: Uint8Array | Float32Array,
  into: Uint8Array | Float32Array,
  { width, height, values }: { readonly width: number; readonly height: number; readonly values: number },
  { mirrored, turned }: Pose,
): void {
  const across = mirrored !== turned;
  let next = 0;
  for (let y = 0; y < height; y++) {
    const row = (turned ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const to = values * (row + (across ? width - 1 - x : x));
      for (let value = 0; value < values; value++) into[to + value] = from[next++] ?? 0;
    }
  }
}
