import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadBundles, openConventional, openVlsm } from '@maskwright/model';
import type { Models } from '@maskwright/segmenter';
import { repositoryRoot } from './needs.ts';

const runtime = { executionProviders: ['cpu'] as const, threads: 1 };

/** The bundles that ship, or those of another folder, ready to run on one thread. */
export async function starterModels(folder = path.join(repositoryRoot, 'models')): Promise<Models> {
  const bundles = await loadBundles(folder);
  return {
    vlsm: await openVlsm(bundles.get('starter-vlsm'), runtime),
    conventional: await openConventional(bundles.get('starter-unet'), runtime),
  };
}

/** The first file of a phantom in fixtures/phantoms. */
export async function phantomFile(name: string): Promise<Uint8Array> {
  const folder = path.join(repositoryRoot, 'fixtures/phantoms', name);
  const [file = ''] = await readdir(folder);
  return await readFile(path.join(folder, file));
}
