import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadBundle, tryBundle } from './index.ts';
import { copyOfModels, notANumber, tinyModels, tinySplit } from './testdata/tampered.ts';

const runtime = { executionProviders: ['cpu'], threads: 1 } as const;

describe('tryBundle', () => {
  test.each([`${tinyModels}/tiny-vlsm`, `${tinyModels}/tiny-unet`, tinySplit])('runs %s', async (folder) => {
    const bundle = await loadBundle(folder);
    expect(await tryBundle(bundle, runtime)).toEqual({ width: 8, height: 8, pooled: 3 });
  });

  test('refuses a graph whose arithmetic gives no numbers', async () => {
    await using copy = await copyOfModels();
    await copy.exchange('tiny-unet', 'whole.onnx', await readFile(notANumber));
    await expect(tryBundle(await loadBundle(copy.path('tiny-unet')), runtime)).rejects.toThrow(
      /whole\.onnx: output logits holds values that are not numbers/,
    );
  });

  test('refuses a tokenizer that is none', async () => {
    await using copy = await copyOfModels();
    await copy.exchange('tiny-vlsm', 'tokenizer.json', Buffer.from('{}'));
    await expect(tryBundle(await loadBundle(copy.path('tiny-vlsm')), runtime)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('tokenizer.json'),
    });
  });

  test('refuses a bundle without any class', async () => {
    await using copy = await copyOfModels();
    await copy.edit('tiny-unet', (text) => JSON.stringify({ ...JSON.parse(text), classes: [] }));
    await expect(tryBundle(await loadBundle(copy.path('tiny-unet')), runtime)).rejects.toThrow(
      /no logits for any class/,
    );
  });
});
