import { MaskwrightError } from '@maskwright/errors';

/** Rows of cells (RFC 4180): quoted cells may hold commas, quotes and line breaks; empty lines are left out. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cells = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|\r|$)/gy;
  const body = text.replace(/^\uFEFF/, '');
  while (cells.lastIndex < body.length) {
    const at = cells.lastIndex;
    const match = cells.exec(body);
    if (!match) {
      const line = body.slice(0, at).split('\n').length;
      throw new MaskwrightError('USAGE', `line ${line} of the CSV has a quote where none may stand`);
    }
    const [, cell = '', end = ''] = match;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell.trim());
    if (end === ',' && cells.lastIndex < body.length) continue;
    if (end === ',') row.push('');
    if (row.some((one) => one !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

/** One line, without its end. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells
    .map(String)
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
