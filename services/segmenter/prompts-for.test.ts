import path from 'node:path';
import { loadCatalogue, parseTemplate } from '@maskwright/catalogue';
import { datasetOf } from '@maskwright/dicom';
import { loadBundles, type Manifest } from '@maskwright/model';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { promptsFor } from './prompts-for.ts';

let catalogue: Awaited<ReturnType<typeof loadCatalogue>>;
let classes: Manifest['classes'];
beforeAll(async () => {
  ({ classes } = (await loadBundles(path.join(repositoryRoot, 'models'))).get('starter-vlsm').manifest);
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});
const chest = datasetOf({ Modality: 'CR', BodyPartExamined: 'CHEST', ViewPosition: 'PA' });

/** What a person's words become on a chest X-ray. */
const asked = (words: string, learned = classes) =>
  promptsFor(catalogue, catalogue.task('chest-xray'), { instances: [chest] }, { words, classes: learned });

describe('the prompts of a job', () => {
  test("the task's own: one a target, from the metadata", () => {
    const prompts = promptsFor(catalogue, catalogue.task('chest-xray'), { instances: [chest] });
    expect(prompts.map(({ target, prompt }) => [target.name, prompt.type])).toEqual([
      ['left lung', 'P2'],
      ['right lung', 'P2'],
      ['heart', 'P2'],
    ]);
  });

  test.each<[string, string, string]>([
    ['right lung', 'right lung', '3341006'],
    ['The RIGHT LUNG, please', 'right lung', '3341006'],
    ['liver', 'liver', '10200004'],
    ['spleen', 'spleen', '85756007'],
    ['heart and mediastinum', 'heart and mediastinum', '72410000'],
    ['Heart and Mediastinum in a chest Xray.', 'heart and mediastinum', '72410000'],
    ['consolidation in the left lung', 'consolidation', '95436008'],
    ['Left clavicle', 'left clavicle', '51299004'],
    ['left ventricle of the heart', 'left ventricle', '87878005'],
  ])("a person's words %j make one segment named %s", (words, name, code) => {
    const [only, ...more] = asked(words);
    expect(more).toEqual([]);
    expect(only?.target).toMatchObject({ name, type: { value: code } });
    expect(only?.prompt).toMatchObject({ text: words, type: 'human', attributes: [{ source: 'human', value: words }] });
  });

  test.each<[string, string, string | undefined]>([
    ['left clavicle', 'Anatomical Structure', 'Left'],
    ['right clavicle', 'Anatomical Structure', 'Right'],
    ['left lung', 'Anatomical Structure', undefined],
    ['consolidation', 'Morphologically Abnormal Structure', undefined],
    ['devices', 'Physical object', undefined],
  ])('what only the model knows, %j, is a segment of category %s, side %s', (words, category, side) => {
    const [only] = asked(words);
    expect(only?.target.category.meaning).toBe(category);
    expect(only?.target.typeModifier?.meaning).toBe(side);
  });

  test.each([
    ['left clavicle', 'Left Clavicle', '51299004'],
    ['left lung', 'LEFT LUNG', '44029006'],
    ['linke Lunge', 'LEFT LUNG', '44029006'],
    ['femur', 'femur', '85756007'],
  ])(
    '%j is the class %j of the model, as the model spells it, by the task’s code or the class’s',
    (words, name, code) => {
      const coded = classes.find((one) => one.name === 'left clavicle')?.code;
      const spelt = { family: 'chest-xray', threshold: 0.5, minAreaFraction: 0 };
      const learned = [
        { ...spelt, name: 'Left Clavicle', ...(coded && { code: coded }) },
        { ...spelt, name: 'LEFT LUNG' },
        { ...spelt, name: 'femur' },
      ];
      const [only] = asked(words, learned);
      expect(only?.target).toMatchObject({ name, type: { value: code } });
      expect(only?.prompt.warnings.join()).not.toContain('guess');
    },
  );

  test('what the model knows of other images only is no structure of these', () => {
    const elsewhere = classes.map((one) => ({ ...one, family: 'ct-torso' }));
    expect(asked('left clavicle', elsewhere)[0]?.prompt.warnings).toEqual([expect.stringContaining('guess')]);
  });

  test('words that name a second structure are told which of them the mask is called', () => {
    expect(asked('consolidation in the left lung')[0]?.prompt.warnings).toEqual([
      expect.stringMatching(/names left lung too: the mask is called consolidation/),
    ]);
    expect(asked('left lung, the left lung field')[0]?.prompt.warnings).toEqual([]);
  });

  test.each([
    ['left lung nodule', '"nodule"'],
    ['nodule in the left lung', '"nodule"'],
    ['not the left lung', '"not"'],
    ['kleine, linke Lunge', '"kleine"'],
    ['left lung without drains', '"without", "drains"'],
  ])('what the model was not taught beside a structure that it knows is told: %j', (words, strange) => {
    const [only] = asked(words);
    expect(only?.target.name).toBe('left lung');
    expect(only?.prompt.warnings.at(-1)).toBe(`the model was not taught ${strange}: the mask is its idea of left lung`);
  });

  test.each([[''], [';'], [' ;\n; ']])('separators alone, %j, are refused: they name nothing', (words) => {
    expect(() => asked(words)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test.each([
    ['linker Lungenflügel', 'de', 'left lung', 'left lung'],
    ['Leberrand der Leber', 'de', 'liver', 'Leberrand der liver'],
    ['poumon - gauche', 'fr', 'left lung', 'left lung'],
    ['肝臓の縁', 'ja', 'liver', 'liverの縁'],
  ])('%j (%s) is put into the model’s English, which is told', (words, language, name, text) => {
    const [only] = asked(words);
    expect(only).toMatchObject({ target: { name }, prompt: { text } });
    expect(only?.prompt.warnings[0]).toBe(`"${words}" (${language}) was asked as "${text}"`);
  });

  test('words that name no structure are asked as they are, and the guess is called one', () => {
    const [only] = promptsFor(
      catalogue,
      catalogue.task('polyp'),
      { instances: [chest] },
      { words: 'left kidney', classes },
    );
    expect(only?.prompt).toMatchObject({ text: 'left kidney', warnings: [expect.stringContaining('guess')] });
  });

  test('several structures, divided by semicolons, make one segment each, in unlike colours', () => {
    const words = 'left lung; heart;; left lung ;thing';
    const prompts = asked(words);
    expect(prompts.map(({ target }) => target.name)).toEqual(['left lung', 'heart', 'left lung', 'thing']);
    expect(new Set(prompts.map(({ target }) => target.color.join())).size).toBe(4);
  });

  test('a task’s own templates go before the family’s', () => {
    const task = {
      ...catalogue.task('chest-xray'),
      prompts: [parseTemplate('{class}[view=frontal? seen from the front|view=lateral? seen from the side]')],
    };
    const [only] = promptsFor(catalogue, task, { instances: [chest] });
    expect(only?.prompt).toMatchObject({ text: 'left lung seen from the front', type: 'own' });
  });

  test('an ensemble asks the wordings of its types besides', () => {
    const task = { ...catalogue.task('chest-xray'), ensemble: ['P1', 'P2'] };
    const [only] = promptsFor(catalogue, task, { instances: [chest] });
    expect(only?.prompt.wordings).toEqual([
      'Left Lung in the frontal view of a Chest Xray.',
      'Left Lung in a chest Xray.',
    ]);
  });
});
