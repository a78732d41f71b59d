import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import { installBundle, loadBundle, packBundle, unpackBundle } from './index.ts';
import { copyOfModels, tinyModels } from './testdata/tampered.ts';
import { tarOf } from './testdata/tar-writer.ts';

const temporary = () => mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
const digestOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function packed(): Promise<string> {
  const out = path.join(await temporary(), 'tiny-unet.tar');
  await packBundle(await loadBundle(`${tinyModels}/tiny-unet`), out);
  return out;
}

describe('an archive', () => {
  test('is the same whatever the times, rights and other files of the folder are', async () => {
    await using copy = await copyOfModels();
    const folder = copy.path('tiny-unet');
    await utimes(copy.path('tiny-unet', 'whole.onnx'), 1, 2);
    await chmod(copy.path('tiny-unet', 'manifest.json'), 0o700);
    await writeFile(copy.path('tiny-unet', '.notes'), 'not packed');
    const out = copy.path('again.tar');
    await packBundle(await loadBundle(folder), out);
    expect(await digestOf(out)).toBe(await digestOf(await packed()));
    expect((await readdir(copy.directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('gives back the same bundle, and leaves nothing behind', async () => {
    const parent = await temporary();
    const before = await loadBundle(`${tinyModels}/tiny-unet`);
    {
      await using unpacked = await unpackBundle(await packed(), {}, parent);
      expect(unpacked.bundle.digest).toBe(before.digest);
      expect(await readdir(parent)).toHaveLength(1);
    }
    expect(await readdir(parent)).toEqual([]);
  });

  test('is installed into a folder of models once', async () => {
    const models = await temporary();
    const archive = await packed();
    expect(await installBundle(archive, models)).toBe(path.join(models, 'tiny-unet'));
    expect((await loadBundle(path.join(models, 'tiny-unet'))).id).toBe('tiny-unet');
    await expect(installBundle(archive, models)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(await readdir(models)).toEqual(['tiny-unet']);
  });

  test('is installed into a folder of models that is made for it', async () => {
    const models = path.join(await temporary(), 'new', 'models');
    expect(await installBundle(await packed(), models)).toBe(path.join(models, 'tiny-unet'));
    expect(await readdir(models)).toEqual(['tiny-unet']);
  });

  test('is not installed where no folder of models can be made', async () => {
    const taken = path.join(await temporary(), 'taken');
    await writeFile(taken, '');
    await expect(installBundle(await packed(), path.join(taken, 'models'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining(taken),
    });
  });

  test('that is refused makes no folder of models', async () => {
    const models = path.join(await temporary(), 'models');
    const archive = path.join(await temporary(), 'a.tar');
    await writeFile(archive, 'no tar');
    await expect(installBundle(archive, models)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    await expect(readdir(models)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that cannot be written is said to be so', async () => {
    const bundle = await loadBundle(`${tinyModels}/tiny-unet`);
    await expect(packBundle(bundle, '/nowhere/a.tar')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('a hostile archive', () => {
  const good = { name: 'm/manifest.json', content: '{}' };
  test.each<[string, Parameters<typeof tarOf>[0], RegExp]>([
    ['a path to the folder above', [{ name: 'm/../../evil', content: 'x' }], /"m\/\.\.\/\.\.\/evil" points out/],
    ['an absolute path', [{ name: '/etc/evil', content: 'x' }], /"\/etc\/evil" points out/],
    ['backslashes', [{ name: 'm/..\\evil', content: 'x' }], /points out/],
    ['a drive', [{ name: 'c:evil', content: 'x' }], /points out/],
    [
      'a symbolic link',
      [good, { name: 'm/a', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
      /"m\/a" is a SymbolicLink/,
    ],
    ['a hard link', [good, { name: 'm/a', type: 'Link', linkpath: '/etc/passwd' }], /"m\/a" is a Link/],
    ['a device', [{ name: 'm/a', type: 'CharacterDevice' }], /"m\/a" is a CharacterDevice/],
    ['a pipe', [{ name: 'm/a', type: 'FIFO' }], /"m\/a" is a FIFO/],
    ['a file twice', [good, { name: 'm/Manifest.json', content: '{}' }], /"m\/Manifest\.json" comes twice/],
    [
      'a file in what is a file',
      [good, { name: 'm/manifest.json/x', content: 'x' }],
      /"m\/manifest\.json\/x" lies in what is a file/,
    ],
    [
      'a file where a folder was',
      [{ name: 'm/A/x', content: 'x' }, { name: 'm/a', content: 'x' }, good],
      /"m\/a\/x" lies in what is a file/,
    ],
    ['two folders', [good, { name: 'n/manifest.json', content: '{}' }], /2 folders/],
    ['a file beside the folder', [{ name: 'manifest.json', content: '{}' }], /does not lie in the bundle's folder/],
    [
      'a hidden folder',
      [{ name: '.ssh/manifest.json', content: '{}' }],
      /does not lie in a folder of the bundle's name/,
    ],
    ['an enormous file', [{ name: 'm/a', content: '', size: 2 ** 32 }], /too large \(4294967296 bytes\)|is broken/],
    [
      'very many files',
      Array.from({ length: 300 }, (_, i) => ({ name: `m/${i}`, content: '' })),
      /more than 256 entries/,
    ],
    ['nothing', [], /not a plain tar/],
    ['another name than its bundle', [good], /manifest\.json at /],
  ])('with %s is refused, and nothing is left', async (_, entries, message) => {
    const [folder, parent] = [await temporary(), await temporary()];
    const file = path.join(folder, 'a.tar');
    await writeFile(file, tarOf(entries));
    await expect(unpackBundle(file, {}, parent)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(message),
    });
    expect(await readdir(parent)).toEqual([]);
  });

  test('that is compressed is refused unread: it may be a bomb', async () => {
    const file = path.join(await temporary(), 'a.tar.gz');
    await writeFile(file, gzipSync(Buffer.alloc(2 ** 24)));
    await expect(unpackBundle(file)).rejects.toThrow(/not a plain tar; where it is compressed, decompress it first/);
  });

  test('that is enormous is refused unread', async () => {
    const file = await packed();
    await truncate(file, 2 ** 36);
    await expect(unpackBundle(file)).rejects.toThrow(/archive is too large/);
  });

  test('that holds more than the manifest names is refused', async () => {
    await using copy = await copyOfModels();
    await mkdir(copy.path('tiny-unet', 'more'));
    await writeFile(copy.path('tiny-unet', 'more', 'run.sh'), 'echo');
    const file = copy.path('a.tar');
    await create({ file, cwd: copy.directory }, ['tiny-unet']);
    await expect(unpackBundle(file)).rejects.toThrow(
      /the archive holds more\/run\.sh, which the manifest does not name/,
    );
  });

  test('whose folder is not the id of its bundle is refused', async () => {
    await using copy = await copyOfModels();
    await rename(copy.path('tiny-unet'), copy.path('other'));
    const file = copy.path('a.tar');
    await create({ file, cwd: copy.directory }, ['other']);
    await expect(unpackBundle(file)).rejects.toThrow(/folder is other, the bundle's id tiny-unet/);
  });

  test('with a changed byte in a graph is refused', async () => {
    const file = await packed();
    const content = await readFile(file);
    const at = content.indexOf('pixel_values');
    content[at] = (content[at] ?? 0) ^ 1;
    await writeFile(file, content);
    await expect(unpackBundle(file)).rejects.toThrow(/whole\.onnx has sha256/);
  });

  test('that is cut or changed anywhere gives its bundle or BUNDLE_INVALID, and no file outside', async () => {
    const [content, parent] = [await readFile(await packed()), await temporary()];
    const file = path.join(await temporary(), 'a.tar');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: content.length }),
        fc.integer({ min: 0, max: content.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        async (length, at, value) => {
          const spoilt = Buffer.from(content);
          spoilt[at] = value;
          await writeFile(file, spoilt.subarray(0, length % 3 === 0 ? content.length : length));
          try {
            await using unpacked = await unpackBundle(file, {}, parent);
            expect(unpacked.bundle.id).toBe('tiny-unet');
          } catch (error) {
            expect(error).toMatchObject({ code: 'BUNDLE_INVALID' });
          }
          expect(await readdir(parent)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
