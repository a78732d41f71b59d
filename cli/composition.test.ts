import { parseConfig } from '@maskwright/config';
import { loadBundles } from '@maskwright/model';
import { startTelemetry } from '@maskwright/telemetry';
import { expect, test, vi } from 'vitest';
import { tinyModels } from '../shared/model/testdata/tampered.ts';
import { modelLoader } from './composition.ts';

/** How many models are open, by the bundle's id. */
const open = vi.hoisted(() => new Map<string, number>());
vi.mock(import('@maskwright/model'), async (original) => {
  const real = await original();
  const count = (id: string, change: number) => open.set(id, (open.get(id) ?? 0) + change);
  return {
    ...real,
    async openConventional(bundle, runtime) {
      const model = await real.openConventional(bundle, runtime);
      count(bundle.id, 1);
      return {
        ...model,
        async dispose() {
          count(bundle.id, -1);
          await model.dispose();
        },
      };
    },
  };
});

test.each([
  ['stays open beside its VLSM', 'tiny-vlsm', 1],
  ['is closed where its VLSM cannot be opened', 'tiny-unet', 0],
])('a conventional model %s', async (_, vlsm, stillOpen) => {
  open.clear();
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'silent' });
  const load = modelLoader({ bundles: await loadBundles(tinyModels), config: parseConfig({}, 'test'), telemetry });
  const [loaded] = await Promise.allSettled([load({ models: { vlsm, conventional: 'tiny-unet' } })]);
  expect(loaded?.status).toBe(stillOpen ? 'fulfilled' : 'rejected');
  expect(open).toEqual(new Map([['tiny-unet', stillOpen]]));
  await telemetry.shutdown();
});
