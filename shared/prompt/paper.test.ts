import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Family, loadCatalogue } from '@maskwright/catalogue';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../../test/support/needs.ts';
import { allPrompts } from './build.ts';
import { parseAttributes } from './parse-attributes.ts';

const entriesSchema = z.array(
  z.object({ image: z.string(), prompts: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }),
);

/** The richest prompt of each family, taken apart. The oracle is the paper's files, so this is written without our templates. */
const PHOTOGRAPH =
  /^(?<number>\w+) (?<size>(?:tiny|small|medium|large)(?:, (?:tiny|small|medium|large))*) (?<color>\w+) (?<shape>.+) (?<class>polyp|skin melanoma|foot ulcer), located in (?<locations>.+) of the image$/;
const RICHEST: Readonly<Record<string, { family: Family; type: string; form: RegExp }>> = {
  bkai_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  clinicdb_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  colondb_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  cvc300_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  etis_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  kvasir_polyp: { family: 'polyp', type: 'p6', form: PHOTOGRAPH },
  isic: { family: 'skin-lesion', type: 'p6', form: PHOTOGRAPH },
  dfu: { family: 'foot-ulcer', type: 'p6', form: PHOTOGRAPH },
  busi: {
    family: 'breast-ultrasound',
    type: 'p6',
    form: /^(?<number>\w+)(?: (?<size>\w+) (?<shape>.+)-shaped (?<malignancy>\w+))? (?<class>tumor)s?(?: at the (?<locations>.+))? in the breast ultrasound image\.$/,
  },
  camus: {
    family: 'cardiac-ultrasound',
    type: 'p7',
    form: /^(?<class>.+?) of (?<shape>.+) shape in (?<view>.+) view of the heart at end of the (?<cycle>\w+) cycle of a (?<age>.+)-year-old (?<sex>\w+) with (?<quality>\w+) image quality\.$/,
  },
  chexlocalize: {
    family: 'chest-xray',
    type: 'p5',
    form: /^(?<class>.+?) of shape (?<shape>.+), and located in (?<locations>.+) of the (?<view>\w+) view of a Chest Xray\.(?: (?<findings>.+) are present\.)?$/,
  },
};
const DIGITS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TENS = ['', 'ten', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

function attributesOf(parts: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const converted = Object.entries(parts).map(([name, value]) => {
    if (value === undefined) return [name, undefined];
    if (name === 'number') return [name, DIGITS.indexOf(value.toLowerCase())];
    if (name === 'age') {
      const [tens = '', unit = 'no'] = value.split('-');
      return [name, TENS.indexOf(tens) * 10 + DIGITS.indexOf(unit)];
    }
    return [name, name === 'locations' || name === 'findings' ? value.split(', ') : value];
  });
  return Object.fromEntries(converted.filter(([, value]) => value !== undefined));
}

describeWith(needs.sharedData, 'the paper’s published prompts, character for character', () => {
  test.each(Object.entries(RICHEST))('%s', async (name, { family, type, form }) => {
    const templates = (await loadCatalogue(path.join(repositoryRoot, 'catalogue'))).templates(family);
    const file = path.join(sharedFolder, 'data/prompts', `${name}.json`);
    const entries = entriesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const different: string[] = [];
    let tried = 0;
    for (const { image, prompts } of entries) {
      const richest = [prompts[type] ?? ''].flat()[0] ?? '';
      const attributes = attributesOf(form.exec(richest)?.groups ?? {});
      const built = allPrompts(templates, parseAttributes(attributes, templates, image)[0] ?? []);
      expect(Object.keys(built)).toEqual(Object.keys(prompts));
      for (const [key, theirs] of Object.entries(prompts)) {
        const ours = built[key] ?? [];
        expect(ours).toHaveLength([theirs].flat().length);
        for (const [index, wording] of [theirs].flat().entries()) {
          tried += 1;
          if (ours[index] !== wording) different.push(`${image} ${key}: "${wording}" but built "${ours[index]}"`);
        }
      }
    }
    console.info(`${name}: ${tried} tried, ${tried - different.length} equal, ${different.length} different`);
    expect(different).toEqual([]);
  });
});
