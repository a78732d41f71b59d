import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { keyOf, openJournal } from './evaluate-journal.ts';

const schema = z.object({ key: z.string(), rows: z.array(z.object({ dice: z.number() })) });
const key = keyOf('a case');
const record = { key, rows: [{ dice: 0.5 }, { dice: 0.75 }] };
const whole = JSON.stringify(record);

async function journalOf(content: string) {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-journal-')), 'journal.jsonl');
  await writeFile(file, content);
  return { file, journal: await openJournal(file, schema) };
}

describe('the journal', () => {
  test.each([
    ['cut behind a brace', whole.slice(0, whole.indexOf('}') + 1)],
    ['cut within a number', whole.slice(0, -5)],
    ['of another form', JSON.stringify({ key, rows: 'none' })],
  ])('has no record of a line %s, and takes its case again', async (_, line) => {
    const { file, journal } = await journalOf(line);
    expect(journal.find(key)).toBeUndefined();
    await journal.add(record);
    await journal.close();
    const again = await openJournal(file, schema);
    expect(again.find(key)).toEqual(record);
    await again.close();
  });

  test('has the record of a whole line', async () => {
    const { journal } = await journalOf(`${whole}\n`);
    expect(journal.find(key)).toEqual(record);
    await journal.close();
  });
});
