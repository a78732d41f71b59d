import { type Instance, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';

/** What `check` finds in an object as it would be stored; an object that cannot be read is its one fault. */
export function faultsReadBack(file: Uint8Array, check: (instance: Instance) => readonly string[]): readonly string[] {
  let instance: Instance;
  try {
    instance = parsePart10(file);
  } catch (error) {
    if (error instanceof MaskwrightError) return [`cannot be read back: ${error.message}`];
    throw error;
  }
  return check(instance);
}

/** @throws MaskwrightError RESULT_INVALID naming the object and its first faults, where there is one */
export function mustBeFaultless(sopInstanceUID: string, faults: readonly string[]): void {
  if (faults.length > 0)
    throw new MaskwrightError('RESULT_INVALID', `${sopInstanceUID}: ${faults.slice(0, 5).join('; ')}`);
}
