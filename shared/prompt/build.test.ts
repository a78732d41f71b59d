import path from 'node:path';
import { type Catalogue, type Family, loadCatalogue } from '@maskwright/catalogue';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { allPrompts, buildPrompt } from './build.ts';
import { numberWords } from './number-words.ts';
import { attributesJsonSchema, parseAttributes } from './parse-attributes.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});
function attributesOf(family: Family, json: object) {
  return parseAttributes(json, catalogue.templates(family), 'a test')[0] ?? [];
}
function build(family: Family, json: object, type: string) {
  return buildPrompt(catalogue.templates(family), attributesOf(family, json), type);
}

const MISSING: readonly (readonly [Family, object, string, string, string])[] = [
  ['polyp', {}, 'P6', 'P1', 'polyp'],
  ['polyp', { color: 'pink' }, 'P6', 'P1', 'pink polyp'],
  [
    'polyp',
    { shape: 'round', locations: ['top', 'left'] },
    'P6',
    'P2',
    'round polyp, located in top, left of the image',
  ],
  ['polyp', {}, 'P9', 'P7', 'polyp which is a projecting growth of tissue'],
  ['polyp', { class: 'wart' }, 'P9', 'P1', 'wart'],
  ['polyp', { number: 0 }, 'P9', 'P1', 'no polyp'],
  [
    'skin-lesion',
    { class: 'skin lesion', size: 'large' },
    'P8',
    'P7',
    'large skin lesion which is a spot with dark speckles',
  ],
  ['breast-ultrasound', { number: 2 }, 'P6', 'P1', 'Two tumors in the breast ultrasound image.'],
  [
    'breast-ultrasound',
    { number: 1, malignancy: 'benign' },
    'P6',
    'P3',
    'One benign tumor in the breast ultrasound image.',
  ],
  ['breast-ultrasound', { number: 0, malignancy: 'benign' }, 'P6', 'P1', 'No tumor in the breast ultrasound image.'],
  ['chest-xray', { class: 'left lung' }, 'P2', 'P1', 'Left Lung in a chest Xray.'],
  ['chest-xray', { class: 'edema', locations: ['left'] }, 'P4', 'P1', 'Edema located in left of a chest Xray.'],
  [
    'chest-xray',
    { class: 'Edema', shape: 'oval', view: 'frontal' },
    'P5',
    'P3',
    'Edema of shape oval in the frontal view of a Chest Xray.',
  ],
  [
    'cardiac-ultrasound',
    { class: 'myocardium', age: 7 },
    'P5',
    'P1',
    'Myocardium of the heart of a seven-year-old patient.',
  ],
  [
    'cardiac-ultrasound',
    { class: 'myocardium', view: '2CH', cycle: 'ED', quality: 'poor' },
    'P7',
    'P3',
    'Myocardium in two-chamber view of the heart at end of the diastole cycle with poor image quality.',
  ],
  ['ct-torso', { class: 'left lung' }, 'P2', 'P1', 'left lung in a CT image'],
  ['fundus', {}, 'P2', 'P2', 'retinal vessels in a fundus photograph'],
  ['polyp', {}, 'P0', 'P0', ''],
];

describe('a prompt', () => {
  test.each(MISSING)('%s %j as %s reaches %s', (family, json, wanted, type, text) => {
    expect(build(family, json, wanted)).toMatchObject({ type, text, warnings: [] });
  });

  test('keeps the attributes that it speaks of, with their origin', () => {
    const { attributes } = build('polyp', { color: 'pink', quality: 'good' }, 'P7');
    expect(attributes).toEqual([
      { name: 'class', value: 'polyp', source: 'catalogue', origin: 'catalogue/prompts/polyp.yaml' },
      {
        name: 'description',
        value: 'a projecting growth of tissue',
        source: 'catalogue',
        origin: 'catalogue/prompts/polyp.yaml',
      },
    ]);
  });

  test('of a type that the family lacks is the family’s richest, and says so', () => {
    expect(build('fundus', {}, 'P8')).toMatchObject({ type: 'P2', warnings: [expect.stringContaining('no P8')] });
  });

  test('has every wording, each once', () => {
    expect(build('breast-ultrasound', { malignancy: 'malignant' }, 'P2').wordings).toHaveLength(2);
    expect(build('breast-ultrasound', {}, 'P2').wordings).toHaveLength(1);
    expect(build('polyp', {}, 'P7').wordings).toHaveLength(5);
  });

  test('of any attributes is one line without gaps', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const json = fc.record(
      {
        class: word,
        number: fc.nat(999),
        size: word,
        color: word,
        shape: word,
        locations: fc.array(word),
        view: word,
        cycle: fc.constantFrom('diastole', 'ED', 'Systole'),
        sex: fc.constantFrom('female', 'M', null),
        age: fc.nat(150),
        quality: fc.constantFrom('good', 'medium', 'POOR'),
        malignancy: fc.constantFrom('benign', 'malignant', ''),
        findings: fc.array(word),
      },
      { requiredKeys: ['class'] },
    );
    fc.assert(
      fc.property(json, fc.constantFrom(...catalogue.families.keys()), (values, family) => {
        const prompts = allPrompts(catalogue.templates(family), attributesOf(family, values));
        for (const text of Object.values(prompts).flat()) {
          expect(text).not.toMatch(/ {2}|^ |undefined|[[\]{}|\n]| [.,]/);
        }
      }),
    );
  });
});

describe('attributes of a person', () => {
  test('may be one object or many', () => {
    const templates = catalogue.templates('polyp');
    expect(parseAttributes([{ color: 'red' }, {}], templates, 'x')).toEqual([
      [{ name: 'color', value: 'red', source: 'human', origin: 'x' }],
      [],
    ]);
  });
  test('that are null or empty count as absent', () => {
    expect(attributesOf('polyp', { color: null, shape: '', locations: [] })).toEqual([]);
  });
  test.each([
    ['an unknown key', { colour: 'red' }, /colour/],
    ['markup', { color: '<b>' }, /color: only letters/],
    ['a line break', { color: 'red\nblue' }, /color/],
    ['a bidirectional mark', { color: 'red\u202e' }, /color/],
    ['a fraction', { number: 1.5 }, /number/],
    ['a novel', { shape: 'a'.repeat(200) }, /shape/],
    ['no object', 'polyp', /top level/],
  ])('are refused for %s', (_, json, message) => {
    expect(() => parseAttributes(json, catalogue.templates('polyp'), 'x')).toThrow(message);
  });
  test('must name a class where the family has several', () => {
    expect(() => parseAttributes({}, catalogue.templates('chest-xray'), 'x')).toThrow(
      /class: family chest-xray needs one/,
    );
  });
  test('have a JSON Schema', () => {
    expect(attributesJsonSchema()).toHaveProperty('anyOf');
  });
});

test.each([
  [0, 'zero'],
  [19, 'nineteen'],
  [56, 'fifty-six'],
  [80, 'eighty'],
  [100, 'one hundred'],
  [104, 'one hundred and four'],
])('%d in words is %s', (value, words) => {
  expect(numberWords(value)).toBe(words);
});
