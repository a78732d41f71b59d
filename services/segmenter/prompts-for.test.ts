import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
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
    const prompts = promptsFor(catalogue, catalogue.task('chest-xray'), chest);
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
    const [only, ...more] = promptsFor(catalogue, catalogue.task('chest-xray'), chest, words);
    expect(more).toEqual([]);
    expect(only?.target).toMatchObject({ name, type: { value: code } });
    expect(only?.prompt).toMatchObject({ text: words, type: 'human', attributes: [{ source: 'human', value: words }] });
  });
});
