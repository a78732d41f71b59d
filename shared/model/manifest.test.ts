import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { manifestJsonSchema, manifestSchema } from './manifest.ts';
import { tinyModels } from './testdata/tampered.ts';

const manifest: object = JSON.parse(await readFile(path.join(tinyModels, 'tiny-vlsm', 'manifest.json'), 'utf8'));
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
