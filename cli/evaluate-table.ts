import { open } from 'node:fs/promises';
import { unwritable } from '@maskwright/disk';
import { csvLine } from './csv.ts';
import type { Case } from './evaluate-cases.ts';
import type { CaseRow } from './evaluate-record.ts';

const COLUMNS = ['image', 'target', 'dataset', 'model', 'promptType', 'dice', 'predictedDice', 'outcome', 'chosen'];

/** cases.csv, written line by line while the run goes on. @throws MaskwrightError OUTPUT_UNWRITABLE */
export async function openCaseTable(file: string) {
  const handle = await open(file, 'w').catch(unwritable(file));
  const write = (cells: readonly (string | number)[]) =>
    handle.appendFile(`${csvLine(cells)}\n`).catch(unwritable(file));
  await write(COLUMNS);
  return {
    async add({ image, target, dataset }: Case, rows: readonly CaseRow[]): Promise<void> {
      for (const { model, promptType, dice, predictedDice, outcome, chosen } of rows) {
        const numbers = [dice.toFixed(4), predictedDice?.toFixed(4) ?? ''];
        await write([image, target, dataset, model, promptType, ...numbers, outcome, chosen]);
      }
    },
    /** A case that could not be scored has one line without numbers. */
    addFault: ({ image, target, dataset }: Case) => write([image, target, dataset, '', '', '', '', 'failed', '']),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
