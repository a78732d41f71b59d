import { MaskwrightError } from '@maskwright/errors';

/** For the failure of whatever writes `file`, or makes it: `.catch(unwritable(file))`. @throws MaskwrightError OUTPUT_UNWRITABLE */
export function unwritable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', file, { cause });
  };
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Whether it was for want of space that something could not be written. */
export function isFull(error: unknown): boolean {
  const cause = error instanceof MaskwrightError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && FULL.has(String(cause.code));
}
