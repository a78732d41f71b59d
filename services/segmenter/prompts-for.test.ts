import path from 'node:path';
import { loadCatalogue, parseTemplate } from '@maskwright/catalogue';
import { datasetOf } from '@maskwright/dicom';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { promptsFor } from './prompts-for.ts';

let catalogue: Awaited<ReturnType<typeof loadCatalogue>>;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});
const chest = datasetOf({ Modality: 'CR', BodyPartExamined: 'CHEST', ViewPosition: 'PA' });

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
  ])("a person's words %j make one segment named %s", (words, name, code) => {
    const [only, ...more] = promptsFor(catalogue, catalogue.task('chest-xray'), { instances: [chest] }, words);
    expect(more).toEqual([]);
    expect(only?.target).toMatchObject({ name, type: { value: code } });
    expect(only?.prompt).toMatchObject({ text: words, type: 'human', attributes: [{ source: 'human', value: words }] });
  });

  test('words in another language are put into the model’s English, which is told', () => {
    const [only] = promptsFor(catalogue, catalogue.task('chest-xray'), { instances: [chest] }, 'linker Lungenflügel');
    expect(only).toMatchObject({
      target: { name: 'left lung' },
      prompt: { text: 'left lung', warnings: ['"linker Lungenflügel" (de) was asked as "left lung"'] },
    });
  });

  test('words that name no structure are asked as they are, and the guess is called one', () => {
    const [only] = promptsFor(catalogue, catalogue.task('polyp'), { instances: [chest] }, 'left kidney');
    expect(only?.prompt).toMatchObject({ text: 'left kidney', warnings: [expect.stringContaining('guess')] });
  });

  test('several structures, divided by semicolons, make one segment each, in unlike colours', () => {
    const words = 'left lung; heart;; left lung ;thing';
    const prompts = promptsFor(catalogue, catalogue.task('chest-xray'), { instances: [chest] }, words);
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
