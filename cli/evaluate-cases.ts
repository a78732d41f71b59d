import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { parseCsv } from './csv.ts';
import { readInput } from './read-file.ts';

/** One line of the table of cases; paths are absolute or relative to the working folder. */
export interface Case {
  /** As it stands in the table. */
  readonly image: string;
  readonly target: string;
  readonly dataset: string;
  readonly imagePath: string;
  readonly maskPath: string;
  /** JSON file, or undefined. */
  readonly attributesPath: string | undefined;
}

const COLUMNS = ['image', 'mask', 'target', 'attributes', 'dataset'] as const;
const NEEDED: readonly string[] = ['image', 'mask', 'target'];

/**
 * Reads a CSV with the columns image, mask, target, attributes and dataset in any order; others are not looked at. Relative
 * paths are relative to the CSV file.
 * @throws MaskwrightError INPUT_NOT_FOUND, USAGE naming the column or the line
 */
export async function readCases(file: string): Promise<Case[]> {
  const [header = [], ...lines] = parseCsv(Buffer.from(await readInput(file)).toString('utf8'));
  const at = new Map(header.map((name, index) => [name.trim().toLowerCase(), index]));
  const missing = NEEDED.filter((name) => !at.has(name));
  if (missing.length > 0)
    throw new MaskwrightError('USAGE', `${file} has no column ${missing.join(', ')}; it needs ${COLUMNS.join(', ')}`);
  if (lines.length === 0) throw new MaskwrightError('USAGE', `${file} has no cases`);
  return lines.map((cells, index) => {
    const cell = (name: (typeof COLUMNS)[number]) => cells[at.get(name) ?? -1]?.trim() ?? '';
    const empty = NEEDED.find((name) => COLUMNS.some((column) => column === name && cell(column) === ''));
    if (empty) throw new MaskwrightError('USAGE', `${file}, case ${index + 1}: ${empty} is empty`);
    const located = (name: 'image' | 'mask' | 'attributes') => path.resolve(path.dirname(file), cell(name));
    return {
      image: cell('image'),
      target: cell('target'),
      dataset: cell('dataset'),
      imagePath: located('image'),
      maskPath: located('mask'),
      attributesPath: cell('attributes') === '' ? undefined : located('attributes'),
    };
  });
}
