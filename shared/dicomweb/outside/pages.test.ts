import { datasetOf, text } from '@maskwright/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pages } from './pages.ts';

const KEY = 'StudyInstanceUID';
const entries = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => datasetOf({ StudyInstanceUID: `1.${from + i + 1}` }));

async function listed(
  paging: { pageSize: number; limit?: number },
  serve: (limit: number, offset: number) => ReturnType<Parameters<typeof pages>[1]>,
) {
  const asked: [number, number][] = [];
  const found = pages({ key: KEY, ...paging }, (limit, offset) => {
    asked.push([limit, offset]);
    return serve(limit, offset);
  });
  return { found: (await Array.fromAsync(found)).map((entry) => text(entry, KEY)), asked };
}

describe('pages', () => {
  test('of any list and size: each entry once, in order, up to the limit', async () => {
    const size = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(fc.nat(30), size, fc.option(fc.nat(40), { nil: undefined }), async (count, pageSize, limit) => {
        const all = entries(count);
        const { found } = await listed(
          { pageSize, ...(limit === undefined ? {} : { limit }) },
          async (max, offset) => ({
            entries: all.slice(offset, offset + max),
            cut: false,
          }),
        );
        expect(found).toEqual(all.slice(0, limit).map((entry) => text(entry, KEY)));
      }),
    );
  });

  test('a server that caps pages and says so is asked on', async () => {
    const all = entries(5);
    const { found } = await listed({ pageSize: 4 }, async (_, offset) => ({
      entries: all.slice(offset, offset + 2),
      cut: offset + 2 < 5,
    }));
    expect(found).toHaveLength(5);
  });

  test('a server that does not know offsets is not asked for ever', async () => {
    const { found, asked } = await listed({ pageSize: 3 }, async () => ({ entries: entries(3), cut: false }));
    expect(found).toHaveLength(3);
    expect(asked).toHaveLength(2);
  });

  test('a server that does not know limits sends all at once', async () => {
    const all = entries(9);
    const { found } = await listed({ pageSize: 3, limit: 5 }, async (_, offset) => ({
      entries: all.slice(offset),
      cut: false,
    }));
    expect(found).toEqual(['1.1', '1.2', '1.3', '1.4', '1.5']);
  });

  test('an entry that moved to the next page, because a new one came before it, comes once', async () => {
    const before = entries(4);
    const after = [...entries(1, 100), ...before];
    const { found } = await listed({ pageSize: 2 }, async (limit, offset) => ({
      entries: (offset === 0 ? before : after).slice(offset, offset + limit),
      cut: false,
    }));
    expect(found).toEqual(['1.1', '1.2', '1.3', '1.4']);
  });
});
