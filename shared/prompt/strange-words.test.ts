import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Catalogue, type Family, loadCatalogue } from '@maskwright/catalogue';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../../test/support/needs.ts';
import { strangeWords } from './strange-words.ts';

const FAMILIES: Readonly<Record<string, readonly [Family, ...string[]]>> = {
  polyp: ['polyp', 'polyp'],
  isic: ['skin-lesion', 'skin melanoma'],
  dfu: ['foot-ulcer', 'foot ulcer'],
  busi: ['breast-ultrasound', 'tumor'],
  camus: ['cardiac-ultrasound', 'left ventricular cavity', 'left atrium cavity', 'myocardium'],
  chest: ['chest-xray', 'left lung', 'right lung', 'heart'],
};
let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

function strange(text: string, images: string): string[] {
  const [family = 'polyp' as const, ...names] = FAMILIES[images] ?? [];
  return strangeWords(text, { templates: catalogue.templates(family), vocabulary: catalogue.vocabulary }, names);
}

describe('words that the model was not taught', () => {
  test.each<[string, string, string[]]>([
    ['polyp', 'two small pink round polyps, located in top left of the image', []],
    ['chest', 'Left Lung in the frontal view of a Chest Xray.', []],
    ['chest', 'please show me the left lungs', []],
    ['chest', 'both sides of the left lung in these pictures, on all images', []],
    ['chest', 'left lung nodule', ['nodule']],
    ['chest', 'left lung masses', ['masses']],
    ['busi', 'breast masses', []],
    ['chest', 'not the LEFT lung, NOT the nodule', ['not', 'nodule']],
    ['polyp', 'the 3 mm polyp', ['mm']],
    ['chest', '左肺', ['左肺']],
    ['chest', '', []],
  ])('of %s: %j', (images, words, expected) => {
    expect(strange(words, images)).toEqual(expected);
  });
});

describeWith(needs.sharedData, 'the paper’s prompts', () => {
  const folder = path.join(sharedFolder, 'data/prompts');
  // Chest X-rays name findings that no model here has learned.
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'chexlocalize.json');
  const entries = z.array(z.object({ prompts: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }));

  // "kidney" and "body" are shapes there, as the paper's VQA model named some twenty polyps.
  test.each(files)('hold none but "no", "kidney" and "body": %s', (file) => {
    const prompts = entries
      .parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
      .flatMap((entry) => Object.values(entry.prompts).flat());
    expect(prompts.length).toBeGreaterThan(500);
    const found = strange(prompts.join('; '), path.basename(file, '.json').replace(/.*_/, ''));
    expect(found.filter((word) => !['no', 'kidney', 'body'].includes(word))).toEqual([]);
  });
});
