import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import { loadBundles } from '@maskwright/model';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { blockJpeg, blocksOf, withOrientation } from '../test/support/turned-jpeg.ts';
import { readKnownCase } from './known-case.ts';
import { places } from './places.ts';

const BLOCK = 16;

/** A mask of columns × rows blocks. */
function maskOf(columns: number, rows: number): Buffer {
  return PNG.sync.write(new PNG({ width: columns * BLOCK, height: rows * BLOCK }));
}

const oblong = withOrientation(blockJpeg(['ABC', 'DEF']), 6);
const square = withOrientation(blockJpeg(['AB', 'CD']), 6);

async function knownCase(image: Buffer, mask: Buffer) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-known-'));
  const [imagePath, maskPath] = [path.join(folder, 'a.jpg'), path.join(folder, 'a.png')];
  await writeFile(imagePath, image);
  await writeFile(maskPath, mask);
  const one = { image: 'a.jpg', target: 'polyp', dataset: '', imagePath, maskPath, attributesPath: undefined };
  const shelf = await loadBundles(path.join(repositoryRoot, 'shared/model/testdata/models'));
  return readKnownCase(one, await loadCatalogue(places.catalogue), shelf);
}

test.each<[string, Buffer, Buffer, string]>([
  ['of the picture as viewers show it', oblong, maskOf(2, 3), 'DA/EB/FC'],
  ['of the picture as it is stored', oblong, maskOf(3, 2), 'ABC/DEF'],
  ['that fits both', square, maskOf(2, 2), 'CA/DB'],
])('a mask %s lies on that', async (_, image, mask, expected) => {
  const { source, picture, truth } = await knownCase(image, mask);
  if (!picture) throw new Error('a JPEG is a picture');
  expect(blocksOf(picture)).toBe(expected);
  expect(source).toMatchObject({ columns: picture.width, rows: picture.height });
  expect(truth).toMatchObject({ columns: picture.width, rows: picture.height });
});

test('a mask that fits neither is told the size that viewers show', async () => {
  await expect(knownCase(oblong, maskOf(3, 3))).rejects.toMatchObject({
    code: 'MASK_INVALID',
    message: expect.stringMatching(/48 × 48 pixels, the image 32 × 48/),
  });
});
