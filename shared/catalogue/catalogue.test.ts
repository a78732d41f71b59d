import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { loadCatalogue } from './catalogue.ts';

const shipped = path.join(repositoryRoot, 'catalogue');

describe('the catalogue that ships', () => {
  test('has a task and templates for each family', async () => {
    const { tasks, families } = await loadCatalogue(shipped);
    expect(tasks.map(({ id }) => id)).toEqual([
      'brain-mri',
      'breast-ultrasound',
      'cardiac-mri',
      'cardiac-ultrasound',
      'chest-xray',
      'ct-torso',
      'fetal-ultrasound',
      'foot-ulcer',
      'fundus',
      'polyp',
      'skin-lesion',
    ]);
    expect(families.size).toBe(11);
  });

  test('segments the words that the models have learned', async () => {
    const catalogue = await loadCatalogue(shipped);
    const names = (id: string) => catalogue.task(id).targets.map(({ name }) => name);
    expect(names('chest-xray')).toEqual(['left lung', 'right lung', 'heart']);
    expect(names('ct-torso')).toEqual(['left lung', 'right lung', 'heart', 'liver', 'spine']);
    expect(names('polyp')).toEqual(['polyp']);
    expect(names('cardiac-ultrasound')).toEqual(['left ventricular cavity', 'myocardium', 'left atrium cavity']);
  });

  test('names an unknown task and those that there are', async () => {
    const catalogue = await loadCatalogue(shipped);
    expect(() => catalogue.task('knee')).toThrow(/no task knee; there are brain-mri/);
  });
});

describe('a catalogue of one’s own', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'catalogue-'));
    await cp(shipped, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function change(file: string, from: string, to: string): Promise<void> {
    const whole = path.join(folder, file);
    const content = await readFile(whole, 'utf8');
    expect(content).toContain(from);
    await writeFile(whole, content.replace(from, to));
  }

  test.each([
    ['an unknown key', 'tasks/polyp.yaml', 'bodyPart:', 'bodyParts:', /tasks\/polyp\.yaml: select: .*bodyParts/],
    ['an unknown family', 'tasks/polyp.yaml', 'family: polyp', 'family: wart', /polyp\.yaml: family/],
    ['a modality without images', 'tasks/polyp.yaml', '[ES]', '[ES, SEG]', /modality\.1: holds results, not images/],
    ['a code that YAML reads as a number', 'tasks/polyp.yaml', "'68496003'", '68496003', /type\.value: quote the code/],
    ['an id that is not the file’s name', 'tasks/polyp.yaml', 'id: polyp', 'id: polyps', /must be named polyps\.yaml/],
    ['a colour out of range', 'tasks/polyp.yaml', '[255, 204, 51]', '[256, 0, 0]', /targets\.0\.color\.0/],
    ['two targets of one colour', 'tasks/chest-xray.yaml', '[230, 76, 76]', '[66, 135, 245]', /same colour/],
    ['a prompt type that the family lacks', 'tasks/chest-xray.yaml', 'P2', 'P9', /promptType: .* has no P9/],
    ['a broken template', 'prompts/polyp.yaml', "P1: ['{class}']", "P1: ['[{class}']", /P1\.0: .*a \[ is not closed/],
    ['what is not YAML', 'prompts/polyp.yaml', 'types:', 'types: [', /polyp\.yaml: not YAML/],
  ])('is refused for %s, naming file and place', async (_, file, from, to, message) => {
    await change(file, from, to);
    await expect(loadCatalogue(folder)).rejects.toMatchObject({
      code: 'CATALOGUE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('has other digests only where rules or words were changed', async () => {
    const before = await loadCatalogue(folder);
    await change('prompts/polyp.yaml', 'bumpy', 'lumpy');
    await change('tasks/chest-xray.yaml', 'P2', 'P1');
    const after = await loadCatalogue(folder);
    const changed = after.tasks.filter(({ id, digest }) => before.task(id).digest !== digest);
    expect(changed.map(({ id }) => id)).toEqual(['chest-xray', 'polyp']);
  });

  test('must exist', async () => {
    await expect(loadCatalogue(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });
});
