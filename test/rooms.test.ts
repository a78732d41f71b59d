import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from './support/needs.ts';

const page = await readFile(path.join(repositoryRoot, 'docs/architecture.md'), 'utf8');
/** The rooms of the architecture page, in its order, with what it says that each imports. */
const ROOMS = [...page.matchAll(/^\| `((?:shared|services)\/\w+)` \|.*\| ([^|]+) \|$/gm)].map(
  ([, room = '', imports = '']) => ({ room, imports: imports === '–' ? [] : imports.split(', ').sort() }),
);
const OURS = /^@maskwright\/(\w+)$/;

describe('the rooms of the architecture page', () => {
  test('are all there are', async () => {
    const packages = await Array.fromAsync(glob('{shared,services}/*/package.json', { cwd: repositoryRoot }));
    expect(ROOMS.map(({ room }) => room).sort()).toEqual(packages.map((file) => path.dirname(file)).sort());
  });

  test.each(ROOMS)(
    '$room imports what the page and its package say, from rooms above it',
    async ({ room, imports }) => {
      const manifest = await readFile(path.join(repositoryRoot, room, 'package.json'), 'utf8');
      const { dependencies } = z.object({ dependencies: z.record(z.string(), z.string()) }).parse(JSON.parse(manifest));
      expect(
        Object.keys(dependencies)
          .flatMap((name) => OURS.exec(name)?.[1] ?? [])
          .sort(),
      ).toEqual(imports);

      const above = ROOMS.slice(
        0,
        ROOMS.findIndex((one) => one.room === room),
      ).map((one) => path.basename(one.room));
      expect(imports.filter((name) => !above.includes(name))).toEqual([]);

      const imported = new Set<string>();
      for await (const file of glob(`${room}/**/*.ts`, {
        cwd: repositoryRoot,
        exclude: (name) => /node_modules|test\.ts$/.test(name),
      })) {
        const source = await readFile(path.join(repositoryRoot, file), 'utf8');
        for (const [, from = ''] of source.matchAll(/from '([^']+)'/g)) imported.add(OURS.exec(from)?.[1] ?? '');
      }
      imported.delete('');
      expect([...imported].sort()).toEqual(imports);
    },
  );
});
