import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from './needs.ts';

const TINY = path.join(repositoryRoot, 'shared/model/testdata/models');

/**
 * A folder with two bundles of a few nodes under the names that the catalogue's tasks ask for: a bright spot is a heart in a
 * chest X-ray. They cost nothing to run, so that what lies around the models can be tried on thousands of images.
 */
export async function tinyModels(folder: string): Promise<string> {
  for (const [tiny, name] of [
    ['tiny-vlsm', 'starter-vlsm'],
    ['tiny-unet', 'starter-unet'],
  ] as const) {
    const bundle = path.join(folder, name);
    await mkdir(folder, { recursive: true });
    await cp(path.join(TINY, tiny), bundle, { recursive: true });
    const file = path.join(bundle, 'manifest.json');
    const manifest = (await readFile(file, 'utf8')).replace(`"id": "${tiny}"`, `"id": "${name}"`);
    const changed = manifest.replace(/"minAreaFraction": [\d.]+/, '"minAreaFraction": 0.001');
    await writeFile(file, changed.replace(/"maxTokens": \d+/, '"maxTokens": 64'));
  }
  return folder;
}
