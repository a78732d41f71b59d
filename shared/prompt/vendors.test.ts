import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadCatalogue, selectTasks } from '@maskwright/catalogue';
import { type DataSet, type KeywordValues, parsePart10, writePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { describe, expect, test } from 'vitest';
import { describeWith, needs, repositoryRoot, sharedFolder } from '../../test/support/needs.ts';
import { said } from './attributes.ts';
import { allPrompts, promptFor } from './build.ts';
import { headerAttributes } from './extract.ts';

const catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));

/** Through the bytes of a file. `bytes` go in place of an equally long ASCII text, as another character set has them. */
function read(
  header: KeywordValues,
  charset = 'ISO_IR 192',
  bytes: readonly (readonly [string, Uint8Array])[] = [],
): DataSet {
  const file = Buffer.from(
    writePart10({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
      SOPInstanceUID: '2.25.1',
      StudyInstanceUID: '2.25.2',
      SeriesInstanceUID: '2.25.3',
      Modality: 'DX',
      ...header,
    }),
  );
  for (const [ascii, other] of [['ISO_IR 192', Buffer.from(charset.padEnd(10))] as const, ...bytes]) {
    const at = file.indexOf(ascii, 0, 'latin1');
    if (at < 0 || other.length !== ascii.length) throw new Error(`${ascii} is not there, or of another length`);
    file.set(other, at);
  }
  return parsePart10(file).dataset;
}
function told(dataset: DataSet): Record<string, string> {
  const { attributes } = headerAttributes({ instances: [dataset] }, 'chest-xray');
  return Object.fromEntries(attributes.map((one) => [one.name, said(one)]));
}

describe('headers as vendors write them', () => {
  test.each<[string, DataSet, Record<string, string>]>([
    [
      'padding and lower case',
      read({ PatientSex: 'm ', BodyPartExamined: 'Chest ' }),
      { sex: 'male', anatomy: 'chest' },
    ],
    ['an age without unit', read({ PatientAge: '045' }), { age: '45' }],
    ['the view in SeriesDescription', read({ SeriesDescription: 'PA ERECT' }), { view: 'frontal' }],
    [
      'an empty ViewPosition beside it',
      read({ ViewPosition: '', SeriesDescription: 'Thorax lat.' }),
      { view: 'lateral' },
    ],
    [
      'anonymised blanks',
      read({ PatientSex: '', PatientAge: '', PatientBirthDate: '', StudyDate: '', ViewPosition: '', Laterality: '' }),
      {},
    ],
    ['a person of unknown sex and no birth date', read({ PatientSex: 'O', PatientBirthDate: '00000000' }), {}],
    [
      'Latin-1',
      read({ SeriesDescription: 'T?rax PA' }, 'ISO_IR 100', [['T?rax PA', Buffer.from('Tórax PA', 'latin1')]]),
      { view: 'frontal' },
    ],
    [
      'half-width katakana',
      read({ SeriesDescription: 'PA ?????' }, 'ISO_IR 13', [
        ['PA ?????', Buffer.from([0x50, 0x41, 0x20, 0xbe, 0xb2, 0xd2, 0xdd, 0xb0])],
      ]),
      { view: 'frontal' },
    ],
  ])('%s', (_, dataset, expected) => {
    const { modality, ...rest } = told(dataset);
    expect(modality).toBe('radiograph');
    expect(rest).toEqual(expected);
  });

  test('Latin-1 selects the task by its word for the chest', () => {
    const dataset = read({ SeriesDescription: 'T?rax PA' }, 'ISO_IR 100', [
      ['T?rax PA', Buffer.from('Tórax PA', 'latin1')],
    ]);
    expect(selectTasks(catalogue, dataset).map(({ task }) => task.id)).toEqual(['chest-xray']);
  });
});

describeWith(needs.sharedData, 'real and hostile files', () => {
  const folder = path.join(sharedFolder, 'data/dicom');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.dcm'));

  test('each gives prompts in which only words of ours stand, or is refused by name', { timeout: 120_000 }, () => {
    const words = new Set(['', ...wordsOfCatalogue()]);
    let readable = 0;
    for (const file of files) {
      const dataset = readOrRefuse(path.join(folder, file));
      if (!dataset) continue;
      readable++;
      for (const task of catalogue.tasks) {
        for (const target of task.targets) {
          const prompt = promptFor(catalogue, { instances: [dataset] }, task, target);
          const all = Object.values(allPrompts(catalogue.templates(task.family), prompt.attributes)).flat();
          const strange = [prompt.text, ...all]
            .flatMap((text) => text.split(/[^\p{L}\p{N}-]+/u))
            .filter((word) => !words.has(word.toLowerCase().replace(/^[a-z-]+(?=-year-old$)/, '')));
          expect({ file, strange }).toEqual({ file, strange: [] });
        }
      }
    }
    expect(readable).toBeGreaterThan(300);
  });
});

function readOrRefuse(file: string): DataSet | undefined {
  try {
    return parsePart10(readFileSync(file)).dataset;
  } catch (error) {
    expect(error).toBeInstanceOf(MaskwrightError);
    return undefined;
  }
}

/** Every word of our own files, and those that attributes are given: nothing else may stand in a prompt. */
function wordsOfCatalogue(): string[] {
  const folder = path.join(repositoryRoot, 'catalogue');
  const own = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const given =
    'one hundred and -year-old frontal lateral oblique decubitus two-chamber four-chamber male female diastole systole chest abdomen heart';
  return [...own, given].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}-]+/u));
}
