import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeWith, repositoryRoot } from '../../test/support/needs.ts';
import { type BundleShelf, loadBundles, openConventional, openVlsm } from './index.ts';

const models = path.join(repositoryRoot, 'models');
const runtime = { executionProviders: ['cpu'], threads: 1 } as const;
const grey = { width: 300, height: 200, data: new Uint8Array(300 * 200 * 3).map((_, i) => i % 251) };
const there = existsSync(path.join(models, 'starter-vlsm/manifest.json'));

describeWith({ name: 'models/starter-vlsm', there }, 'the starter models', () => {
  let shelf: BundleShelf;
  beforeAll(async () => {
    shelf = await loadBundles(models);
  });

  test('are whole, and know the same families', () => {
    expect(shelf.refused).toEqual([]);
    const [vlsm, conventional] = [shelf.get('starter-vlsm'), shelf.get('starter-unet')];
    expect([...conventional.domains.keys()]).toEqual([...vlsm.domains.keys()]);
    for (const family of vlsm.domains.keys()) expect(vlsm.classesOf(family)).not.toEqual([]);
  });

  test('run, with pooled features as long as their training statistics', async () => {
    const vlsm = await openVlsm(shelf.get('starter-vlsm'), runtime);
    const conventional = await openConventional(shelf.get('starter-unet'), runtime);
    const features = await vlsm.encode([grey]);
    const [logits] = await vlsm.segment(features, 'left lung');
    expect(logits).toMatchObject({ width: 320, height: 320 });
    const [result] = await conventional.segment([grey]);
    expect([...(result?.logits.keys() ?? [])]).toContain('left lung');
    for (const { dim } of vlsm.bundle.domains.values()) expect(features[0]?.pooled).toHaveLength(dim);
    for (const { dim } of conventional.bundle.domains.values()) expect(result?.pooled).toHaveLength(dim);
    await vlsm.dispose();
    await conventional.dispose();
  });

  test.each(['fundus', 'chest-xray', undefined])(
    'answer for %s in the size that their bundles give it',
    async (family) => {
      const vlsm = await openVlsm(shelf.get('starter-vlsm'), runtime);
      const conventional = await openConventional(shelf.get('starter-unet'), runtime);
      const [name = ''] = vlsm.bundle.classesOf(family ?? 'polyp');
      const [words] = await vlsm.segment(await vlsm.encode([grey], family), name);
      const [classes] = await conventional.segment([grey], family);
      const { width, height } = vlsm.bundle.inputFor(family);
      for (const logits of [words, classes?.logits.get(name)])
        expect(logits).toMatchObject({ width, height, data: { length: width * height } });
      await vlsm.dispose();
      await conventional.dispose();
    },
  );

  test('do not let one image of a batch change another', async () => {
    const vlsm = await openVlsm(shelf.get('starter-vlsm'), runtime);
    const dark = { ...grey, data: grey.data.map((value) => value >> 2) };
    const [alone] = await vlsm.segment(await vlsm.encode([grey]), 'heart');
    const [, beside] = await vlsm.segment(await vlsm.encode([dark, grey]), 'heart');
    const difference = alone?.data.map((value, i) => Math.abs(value - (beside?.data[i] ?? Number.NaN)));
    expect(Math.max(...(difference ?? [Number.NaN]))).toBeLessThan(1e-3);
    await vlsm.dispose();
  });
});
