import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { parseCsv } from './csv.ts';
import { readText } from './read-file.ts';

/** One line of the table of cases; paths are absolute or relative to the working folder. */
export interface Case {
  /** As it stands in the table. */
  readonly image: string;
  readonly target: string;
  readonly dataset: string;
  /** Patient, exam or sequence that the image is of; undefined: it stands for itself. */
  readonly group?: string;
  readonly imagePath: string;
  readonly maskPath: string;
  /** JSON file, or undefined. */
  readonly attributesPath: string | undefined;
  /** What is wrong with the line itself; the others are read all the same. */
  readonly fault?: string;
}

const COLUMNS = ['image', 'mask', 'target', 'attributes', 'dataset', 'group'] as const;
const NEEDED = ['image', 'mask', 'target'] as const;

/**
 * Reads a CSV with the columns image, mask, target, attributes, dataset and group in any order; others are not looked at. Relative
 * paths are relative to the CSV file.
 * @throws MaskwrightError INPUT_NOT_FOUND, USAGE naming the column
 */
export async function readCases(file: string): Promise<Case[]> {
  const [header = [], ...lines] = parseCsv(await readText(file));
  const at = new Map(header.map((name, index) => [name.trim().toLowerCase(), index]));
  const missing = NEEDED.filter((name) => !at.has(name));
  if (missing.length > 0)
    throw new MaskwrightError('USAGE', `${file} has no column ${missing.join(', ')}; it needs ${COLUMNS.join(', ')}`);
  if (lines.length === 0) throw new MaskwrightError('USAGE', `${file} has no cases`);
  return lines.map((cells, index) => {
    const cell = (name: (typeof COLUMNS)[number]) => cells[at.get(name) ?? -1]?.trim() ?? '';
    const located = (name: 'image' | 'mask' | 'attributes') => path.resolve(path.dirname(file), cell(name));
    const wrong = faultOf(header, cells, cell);
    return {
      image: cell('image'),
      target: cell('target'),
      dataset: cell('dataset'),
      ...(cell('group') !== '' && { group: cell('group') }),
      imagePath: located('image'),
      maskPath: located('mask'),
      attributesPath: cell('attributes') === '' ? undefined : located('attributes'),
      ...(wrong === undefined ? {} : { fault: `${file}, case ${index + 1}: ${wrong}` }),
    };
  });
}

function faultOf(
  header: readonly string[],
  cells: readonly string[],
  cell: (name: (typeof COLUMNS)[number]) => string,
): string | undefined {
  if (cells.slice(header.length).some((one) => one.trim() !== ''))
    return `${cells.length} cells under ${header.length} columns`;
  const empty = NEEDED.find((name) => cell(name) === '');
  return empty && `${empty} is empty`;
}

/** Lines that say the same as an earlier one, counted from 1: they count again in every mean. */
export function repeatedIn(cases: readonly Case[]): number[] {
  const seen = new Set<string>();
  return cases.flatMap(({ imagePath, maskPath, target, attributesPath, dataset }, index) => {
    const id = JSON.stringify([imagePath, maskPath, target, attributesPath, dataset]);
    const again = seen.has(id);
    seen.add(id);
    return again ? [index + 1] : [];
  });
}
