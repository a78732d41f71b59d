import type { SegmentInput } from '@maskwright/result';
import { PNG } from 'pngjs';
import { slugs } from './slug.ts';

/** One 8-bit PNG (0 or 255) a segment and frame; the frame's number is in the name where there are several. */
export function* maskPngs(
  name: string,
  segments: readonly SegmentInput[],
): Generator<{ name: string; bytes: Uint8Array }> {
  const structures = slugs(segments.map(({ target }) => target.name));
  for (const [index, { mask }] of segments.entries()) {
    const size = mask.rows * mask.columns;
    for (let frame = 0; frame < mask.frames; frame++) {
      const png = new PNG({ width: mask.columns, height: mask.rows });
      for (let i = 0; i < size; i++) png.data.fill(mask.data[frame * size + i] ? 255 : 0, i * 4, i * 4 + 4);
      for (let i = 3; i < png.data.length; i += 4) png.data[i] = 255;
      const number = mask.frames > 1 ? `.${String(frame + 1).padStart(4, '0')}` : '';
      yield { name: `${name}.${structures[index]}${number}.png`, bytes: PNG.sync.write(png, { colorType: 0 }) };
    }
  }
}
