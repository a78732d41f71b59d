import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { datasetOf } from '@maskwright/dicom';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import type { Prompt } from './attributes.ts';
import { wordingOf } from './build.ts';
import { fitPrompt, fitWords } from './fit.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});
/** A token a word: what matters here is the order in which phrases go. */
const limit = (maxTokens: number) => ({ maxTokens, count: (words: string) => words.split(' ').length });

describe('a prompt that is too long for the model', () => {
  function heart(maxTokens: number): Prompt {
    const task = catalogue.task('cardiac-ultrasound');
    const [target] = task.targets;
    if (!target) throw new Error('no target');
    const header = datasetOf({
      Modality: 'US',
      SeriesDescription: 'A4C',
      CardiacCyclePosition: 'END_DIASTOLE',
      PatientSex: 'F',
      PatientAge: '056Y',
    });
    const wording = wordingOf(catalogue, { instances: [header] }, task, target);
    return fitPrompt(wording(), wording, limit(maxTokens));
  }
  const whole =
    'Left ventricular cavity in four-chamber view of the heart at end of the diastole cycle of a fifty-six-year-old female.';

  test.each([
    [19, whole, []],
    [18, whole.replace(' of a fifty-six-year-old female', ' of a female'), ['age']],
    [17, whole.replace(' of a fifty-six-year-old female', ''), ['age', 'sex']],
    [10, 'Left ventricular cavity in four-chamber view of the heart.', ['age', 'sex', 'cycle']],
    [6, 'Left ventricular cavity of the heart.', ['age', 'sex', 'cycle', 'view']],
  ])('loses its least important phrases for %i tokens, and says which', (tokens, text, left) => {
    const prompt = heart(tokens);
    expect(prompt.text).toBe(text);
    expect(prompt.warnings.join()).toContain(left.length > 0 ? `${left.join(', ')} was left out` : '');
    expect(prompt.wordings.every((words) => words.split(' ').length <= tokens)).toBe(true);
  });

  test('is refused where the class alone does not fit', () => {
    expect(() => heart(3)).toThrow(/the model takes 3/);
  });

  test('in a person’s words loses its last phrases, which are told', () => {
    const human: Prompt = {
      text: 'the left lung, not the heart, in an old film',
      type: 'human',
      wordings: [],
      attributes: [],
      warnings: [],
    };
    expect(fitWords(human, limit(99))).toBe(human);
    expect(fitWords(human, limit(6))).toMatchObject({
      text: 'the left lung, not the heart',
      wordings: ['the left lung, not the heart'],
    });
    expect(fitWords(human, limit(4)).warnings[0]).toContain('"not the heart, in an old film" was left out');
    expect(() => fitWords(human, limit(2))).toThrow(/10 tokens, the model takes 2/);
  });
});
