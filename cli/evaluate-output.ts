import { MaskwrightError } from '@maskwright/errors';

/** For the failure of whatever writes `file`, or makes it: `.catch(unwritable(file))`. @throws MaskwrightError OUTPUT_UNWRITABLE */
export function unwritable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', file, { cause });
  };
}
