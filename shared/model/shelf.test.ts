import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadBundles } from './index.ts';
import { tinyModels } from './testdata/tampered.ts';

/** By folder: what the disk answers when a file is read that its manifest names. */
const faults = vi.hoisted(() => new Map<string, Error>());
vi.mock(import('./checked-file.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    async readChecked(directory, file) {
      const fault = faults.get(path.basename(directory));
      if (fault) throw fault;
      return real.readChecked(directory, file);
    },
  };
});

test.each([
  [
    'of a disk that fails',
    Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }),
    /\(EIO: i\/o error, read\)$/,
  ],
  ['that nobody foresaw', new RangeError('out of range'), /\(out of range\)$/],
])('an error %s refuses the one bundle with its reason, and the other can be used', async (_, fault, reason) => {
  faults.set('tiny-unet', fault);
  const shelf = await loadBundles(tinyModels);
  expect(shelf.all.map(({ id }) => id)).toEqual(['tiny-vlsm']);
  expect(shelf.refused).toEqual([
    { id: 'tiny-unet', code: 'BUNDLE_INVALID', reason: expect.stringMatching(/^bundle tiny-unet: it cannot be read/) },
  ]);
  expect(shelf.refused[0]?.reason).toMatch(reason);
});
