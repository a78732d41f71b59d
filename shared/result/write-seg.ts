import { checkSeg } from './check-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { mustBeFaultless } from './read-back.ts';
import type { SegInput } from './seg-input.ts';

/**
 * A SEG that was read back and found right: nothing else is stored.
 * @throws MaskwrightError RESULT_INVALID naming what is wrong; TypeError as `encodeSeg`
 */
export function writeSeg(input: SegInput): Uint8Array {
  const file = encodeSeg(input);
  const faults = checkSeg(file, input);
  mustBeFaultless(input.uids.sopInstanceUID, faults);
  return file;
}
