import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadBundle, updateDigests } from './index.ts';
import { copyOfModels } from './testdata/tampered.ts';

describe('updateDigests', () => {
  test('leaves a manifest that is right as it is', async () => {
    await using copy = await copyOfModels();
    const manifest = () => readFile(copy.path('tiny-vlsm', 'manifest.json'));
    const before = await manifest();
    expect(await updateDigests(copy.path('tiny-vlsm'))).toEqual([]);
    expect(await manifest()).toEqual(before);
  });

  test('writes size and sha256 of what changed, and of entries that name only a file', async () => {
    await using copy = await copyOfModels();
    await writeFile(copy.path('tiny-vlsm', 'CARD.md'), '# Card\n');
    const tokenizer = await readFile(copy.path('tiny-vlsm', 'tokenizer.json'), 'utf8');
    await writeFile(copy.path('tiny-vlsm', 'tokenizer.json'), `${tokenizer}\n`);
    await copy.edit('tiny-vlsm', (text) => JSON.stringify({ ...JSON.parse(text), documents: [{ file: 'CARD.md' }] }));
    await expect(loadBundle(copy.path('tiny-vlsm'))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    expect(await updateDigests(copy.path('tiny-vlsm'))).toEqual(['tokenizer.json', 'CARD.md']);
    const bundle = await loadBundle(copy.path('tiny-vlsm'));
    expect(bundle.manifest.documents).toMatchObject([{ file: 'CARD.md', bytes: 7 }]);
  });

  test('never breaks a signature', async () => {
    await using copy = await copyOfModels();
    await writeFile(copy.path('tiny-unet', 'manifest.json.sig'), Buffer.alloc(64));
    expect(await updateDigests(copy.path('tiny-unet'))).toEqual([]);
    await writeFile(copy.path('tiny-unet', 'whole.onnx'), 'another');
    await expect(updateDigests(copy.path('tiny-unet'))).rejects.toMatchObject({
      code: 'BUNDLE_UNTRUSTED',
      message: expect.stringContaining('whole.onnx changed since: remove manifest.json.sig, pack, and sign again'),
    });
  });

  test('names a manifest that cannot be written', async () => {
    await using copy = await copyOfModels();
    await writeFile(copy.path('tiny-unet', 'whole.onnx'), 'another');
    await mkdir(copy.path('tiny-unet', 'manifest.json.part'));
    await expect(updateDigests(copy.path('tiny-unet'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: copy.path('tiny-unet', 'manifest.json'),
    });
  });

  test.each<[string, string, RegExp]>([
    ['that is a list', '[]', /manifest\.json is not an object/],
    ['that names a file elsewhere', '{"graphs": {"whole": {"file": "../x.onnx"}}}', /points out of the bundle/],
    ['that names a missing file', '{"graphs": {"whole": {"file": "x.onnx"}}}', /x\.onnx cannot be read \(ENOENT\)/],
  ])('refuses a manifest %s', async (_, manifest, message) => {
    await using copy = await copyOfModels();
    await rm(copy.path('tiny-unet', 'manifest.json'));
    await writeFile(copy.path('tiny-unet', 'manifest.json'), manifest);
    await expect(updateDigests(copy.path('tiny-unet'))).rejects.toThrow(message);
  });
});
