import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { FIXTURES } from './fixtures.ts';

const folder = path.join(repositoryRoot, 'fixtures/phantoms');

describe.each(FIXTURES.map((make) => make()))('fixtures/phantoms/$name', ({ name, files, masks }) => {
  test('holds exactly the files that the generator writes, byte for byte', () => {
    expect(readdirSync(path.join(folder, name)).sort()).toEqual(files.map((file) => file.name).sort());
    for (const file of files) {
      expect(Buffer.from(file.bytes).equals(readFileSync(path.join(folder, name, file.name)))).toBe(true);
    }
  });

  // Pixels, not bytes: another zlib may compress the same mask otherwise.
  test.each(Object.entries(masks))('has the exact mask of the %s', (structure, mask) => {
    const png = PNG.sync.read(readFileSync(path.join(folder, 'masks', `${name}.${structure}.png`)));
    const grey = png.data.filter((_, i) => i % 4 === 0);
    expect(Buffer.from(mask.map((value) => value * 255)).equals(grey)).toBe(true);
  });
});

test('all fixtures together stay under 3 MB', () => {
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    (file) => statSync(path.join(folder, file)).size,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
});
