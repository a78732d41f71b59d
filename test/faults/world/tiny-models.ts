import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '../../support/needs.ts';

const TINY = path.join(repositoryRoot, 'shared/model/testdata/models');
const FEATURE = 'domain-polyp.json';

/**
 * Bundles of a few nodes under the names of the starter models, at home with every colour endoscopy: faults are about what
 * happens to results, not about how good they are, and these cost milliseconds. Masks follow the brightness, so that each
 * image has its own.
 */
export async function writeTinyModels(folder: string): Promise<void> {
  await writeBundle(folder, 'tiny-vlsm', 'starter-vlsm', {});
  await writeBundle(folder, 'tiny-unet', 'starter-unet', { channel: 0 });
}

async function writeBundle(folder: string, from: string, id: string, channel: object): Promise<void> {
  const bundle = path.join(folder, id);
  await mkdir(bundle, { recursive: true });
  await cp(path.join(TINY, from), bundle, { recursive: true });
  const statistics = JSON.parse(await readFile(path.join(bundle, 'domain-chest-xray.json'), 'utf8'));
  const feature = JSON.stringify({ ...statistics, near: 1000, far: 2000 });
  await writeFile(path.join(bundle, FEATURE), feature);
  const manifest = JSON.parse(await readFile(path.join(bundle, 'manifest.json'), 'utf8'));
  const described = {
    file: FEATURE,
    sha256: createHash('sha256').update(feature).digest('hex'),
    bytes: Buffer.byteLength(feature),
  };
  await writeFile(
    path.join(bundle, 'manifest.json'),
    JSON.stringify({
      ...manifest,
      id,
      classes: [{ name: 'polyp', family: 'polyp', threshold: 0.4, minAreaFraction: 0, ...channel }],
      domain: { polyp: { modalities: ['ES'], feature: described } },
    }),
  );
}
