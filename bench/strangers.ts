/**
 * Images of one family asked as if they were of another, without a modality that would give them away:
 * `node bench/strangers.ts [--models FOLDER] [--images N]` writes bench/results/strangers.json. How many would be stored as
 * they are, and how many now that images unlike the training images are looked at again, retouched.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalogue } from '@maskwright/catalogue';
import { compareModels, headerOf, type Look, promptsFor } from '@maskwright/segmenter';
import { pictureSource } from '../cli/picture-source.ts';
import { repositoryRoot, sharedFolder } from '../test/support/needs.ts';
import { starterModels } from '../test/support/starter-models.ts';

/** Sets of real images, by family. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  polyp: ['kvasir-seg', 'bkai-igh'],
  'foot-ulcer': ['fuseg'],
  'skin-lesion': ['isic2017', 'ph2'],
  'breast-ultrasound': ['busi'],
  'cardiac-ultrasound': ['camus'],
  'chest-xray': ['jsrt', 'covid-cxr'],
  'cardiac-mri': ['acdc'],
  'brain-mri': ['lgg-mri'],
  'fetal-ultrasound': ['hc18'],
  fundus: ['retina'],
};

const { values } = parseArgs({ options: { models: { type: 'string' }, images: { type: 'string', default: '1' } } });
const catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
const models = await starterModels(values.models);

const stored: { readonly task: string; readonly image: string; readonly look: string; readonly reason: string }[] = [];
let [asked, again, asIs, withLooks] = [0, 0, 0, 0];
for (const task of catalogue.tasks)
  for (const [family, sets] of Object.entries(SETS))
    for (const image of family === task.family ? [] : (await Promise.all(sets.map(imagesOf))).flat()) {
      const source = pictureSource(await readFile(image), image);
      const request = { source, task, prompts: promptsFor(catalogue, task, headerOf(source)) };
      const compared = await compareModels(models, request);
      asked++;
      if (isStored(compared.asIs)) asIs++;
      if (compared.assessment.retouch) again++;
      if (!isStored(compared)) continue;
      withLooks++;
      const { retouch, reason } = compared.assessment;
      const name = path.relative(path.join(sharedFolder, 'data/images'), image);
      stored.push({ task: task.id, image: name, look: retouch ?? 'as it is', reason });
    }
const { id, version } = models.vlsm.bundle;
const result = { at: new Date().toISOString(), model: `${id} ${version}`, asked, again, asIs, withLooks, stored };
await writeFile(path.join(import.meta.dirname, 'results/strangers.json'), `${JSON.stringify(result, null, 1)}\n`);
console.log(
  `${asked} strangers: ${asIs} stored as they are, ${withLooks} with the looks (${again} kept a retouched one)`,
);

async function imagesOf(set: string): Promise<string[]> {
  const folder = path.join(sharedFolder, 'data/images', set);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).toSorted();
  const step = Math.max(1, Math.floor(names.length / Number(values.images)));
  return names
    .filter((_, at) => at % step === 0)
    .slice(0, Number(values.images))
    .map((name) => path.join(folder, name));
}

function isStored({ assessment }: Look): boolean {
  return assessment.choice.kind !== 'needs-person';
}
