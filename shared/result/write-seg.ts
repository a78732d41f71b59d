import { MaskwrightError } from '@maskwright/errors';
import { checkSeg } from './check-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import type { SegInput } from './seg-input.ts';

/**
 * A SEG that was read back and found right: nothing else is stored.
 * @throws MaskwrightError RESULT_INVALID naming what is wrong; TypeError as `encodeSeg`
 */
export function writeSeg(input: SegInput): Uint8Array {
  const file = encodeSeg(input);
  const faults = checkSeg(file, input);
  if (faults.length === 0) return file;
  throw new MaskwrightError('RESULT_INVALID', `${input.uids.sopInstanceUID}: ${faults.slice(0, 5).join('; ')}`);
}
