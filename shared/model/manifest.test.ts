import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { manifestJsonSchema, manifestSchema } from './manifest.ts';
import { tinyModels, tinySplit } from './testdata/tampered.ts';

const read = async (folder: string) => JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
const manifest: object = await read(path.join(tinyModels, 'tiny-vlsm'));
const published = z.fromJSONSchema(JSON.parse(JSON.stringify(manifestJsonSchema())));

test.each([
  ['tiny-vlsm', true],
  ['CRIS-Polyps', true],
  ['Unet_v1.2', true],
  ['m x', false],
  ['.hidden', false],
  ['../up', false],
])('the id %s is judged by the published schema as by the parser (%s)', (id, good) => {
  for (const schema of [manifestSchema, published]) expect(schema.safeParse({ ...manifest, id }).success).toBe(good);
});

test.each([
  ['tiny-vlsm', path.join(tinyModels, 'tiny-vlsm')],
  ['tiny-unet', path.join(tinyModels, 'tiny-unet')],
])(
  'a decoder of a family is refused where its features are not those of a split conventional model: %s',
  async (_, folder) => {
    const { domain } = manifestSchema.parse(await read(tinySplit));
    expect(domain['chest-xray']?.decoder).toMatchObject({ file: 'decoder-chest-xray.onnx' });
    const { error } = manifestSchema.safeParse({ ...(await read(folder)), domain });
    expect(error?.issues).toMatchObject([
      { path: ['domain', 'chest-xray', 'decoder'], message: expect.stringContaining('image and decoder') },
    ]);
  },
);
