import { MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';

/** @throws MaskwrightError MASK_INVALID where a mask's matrix is not the image's */
export function mustFit(file: string, width: number, height: number, { columns, rows }: SourceImage): void {
  if (width !== columns || height !== rows)
    throw new MaskwrightError('MASK_INVALID', `${file} is ${width} × ${height} pixels, the image ${columns} × ${rows}`);
}
