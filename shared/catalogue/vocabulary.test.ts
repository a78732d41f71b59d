import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { loadCatalogue } from './catalogue.ts';
import { namedIn } from './vocabulary.ts';

const { tasks, vocabulary } = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
const names = tasks.flatMap(({ targets }) => targets.map(({ name }) => name));

describe('a person’s words name a structure', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['left lung', 'left lung', 'en'],
    ['The RIGHT LUNG, please', 'right lung', 'en'],
    ['polyps', 'polyp', 'en'],
    ['den linken Lungenflügel', 'left lung', 'de'],
    ['Poumon droit', 'right lung', 'fr'],
    ['el corazón', 'heart', 'es'],
    ['ポリープを囲んで', 'polyp', 'ja'],
    ['息肉', 'polyp', 'zh'],
    ['left ventricular cavity', 'left ventricular cavity', 'en'],
    ['heartless', undefined, undefined],
    ['left kidney', undefined, undefined],
    ['', undefined, undefined],
    ['constructor', undefined, undefined],
  ])('%j: %s (%s)', (words, name, language) => {
    const named = namedIn(words, names, vocabulary);
    expect([named?.name, named?.language]).toEqual([name, language]);
  });

  test.each([
    ['Left Lung', 'linke Lunge', 'Left Lung'],
    ['left lung', 'LINKE LUNGE', 'left lung'],
    ['LEFT LUNG', 'left lung', 'LEFT LUNG'],
  ])('however %j is spelt: %j names %j', (name, words, named) => {
    expect(namedIn(words, [name], vocabulary)?.name).toBe(named);
  });

  test('every structure of the vocabulary is a target of a task', () => {
    expect(Object.keys(vocabulary).filter((name) => !names.includes(name))).toEqual([]);
  });
});
