import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../../test/support/needs.ts';
import { strangeWords } from './strange-words.ts';

const names = ['polyp', 'left lung', 'skin melanoma', 'foot ulcer', 'left ventricular cavity', 'myocardium'];
let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

describe('words that the model was not taught', () => {
  test.each<[string, string[]]>([
    ['two small pink round polyps, located in top left of the image', []],
    ['Left Lung in the frontal view of a Chest Xray.', []],
    ['please show me the left lungs', []],
    ['left lung nodule', ['nodule']],
    ['not the LEFT lung, NOT the nodule', ['not', 'nodule']],
    ['the 3 mm polyp', ['mm']],
    ['左肺', ['左肺']],
    ['', []],
  ])('of %j', (words, strange) => {
    expect(strangeWords(words, catalogue, names)).toEqual(strange);
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
    const strange = strangeWords(prompts.join('; '), catalogue, names);
    expect(strange.filter((word) => !['no', 'kidney', 'body'].includes(word))).toEqual([]);
  });
});
