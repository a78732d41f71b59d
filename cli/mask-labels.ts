import { MaskwrightError } from '@maskwright/errors';

/** Labels that a message names. */
const NAMED = 8;

/** Labels of several structures would count as one mask. @param labels values other than 0 */
export function severalStructures(file: string, labels: ReadonlySet<number>): MaskwrightError {
  const names = [...labels].slice(0, NAMED).toSorted((a, b) => a - b);
  const more = labels.size > NAMED ? ' and more' : '';
  return oneFileEach(`${file} has the labels ${names.join(', ')}${more}`);
}

/** @param colours two of them, red, green and blue as they are stored */
export function severalColours(file: string, colours: readonly (readonly number[])[]): MaskwrightError {
  return oneFileEach(`${file} has the colours ${colours.map((colour) => colour.join(' ')).join(' and ')}`);
}

function oneFileEach(found: string): MaskwrightError {
  return new MaskwrightError('MASK_INVALID', `${found}: write one file for each structure, of 0 and one other value`);
}
