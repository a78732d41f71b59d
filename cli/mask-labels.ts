import { MaskwrightError } from '@maskwright/errors';

/** Labels that a message names. */
const NAMED = 8;

/** Labels of several structures would count as one mask. @param labels values other than 0 */
export function severalStructures(file: string, labels: ReadonlySet<number>): MaskwrightError {
  const names = [...labels].slice(0, NAMED).toSorted((a, b) => a - b);
  const more = labels.size > NAMED ? ' and more' : '';
  return new MaskwrightError(
    'MASK_INVALID',
    `${file} has the labels ${names.join(', ')}${more}: write one file for each structure, of 0 and one other value`,
  );
}
