import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { said } from './attributes.ts';
import { extractAttributes } from './extract.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

function extract(taskId: string, values: KeywordValues) {
  const task = catalogue.task(taskId);
  return extractAttributes({ instances: [datasetOf(values)] }, task, task.targets[0] ?? fail());
}
function values(taskId: string, header: KeywordValues): Record<string, string> {
  return Object.fromEntries(extract(taskId, header).attributes.map((one) => [one.name, said(one)]));
}
function fail(): never {
  throw new Error('the task has no target');
}
const code = (CodeValue: string) => [{ CodeValue, CodingSchemeDesignator: 'SCT', CodeMeaning: 'x' }];

const READ: readonly (readonly [string, string, KeywordValues, string, string | undefined])[] = [
  ['age in years', 'polyp', { PatientAge: '045Y' }, 'age', '45'],
  ['age without unit', 'polyp', { PatientAge: '045' }, 'age', '45'],
  ['age in months', 'polyp', { PatientAge: '030M' }, 'age', '2'],
  ['age in weeks', 'polyp', { PatientAge: '104W' }, 'age', '1'],
  ['age in days', 'polyp', { PatientAge: '010D' }, 'age', '0'],
  ['no absurd age', 'polyp', { PatientAge: '999Y' }, 'age', undefined],
  ['age by dates, birthday passed', 'polyp', { PatientBirthDate: '19700101', StudyDate: '20200101' }, 'age', '50'],
  ['age by dates, birthday to come', 'polyp', { PatientBirthDate: '19700102', StudyDate: '20200101' }, 'age', '49'],
  [
    'age by dates where PatientAge is garbage',
    'polyp',
    { PatientAge: '-12Q', PatientBirthDate: '19700101', StudyDate: '20200101' },
    'age',
    '50',
  ],
  [
    'no age from an impossible date',
    'polyp',
    { PatientBirthDate: '19700231', StudyDate: '20200101' },
    'age',
    undefined,
  ],
  ['no age before birth', 'polyp', { PatientBirthDate: '20210101', StudyDate: '20200101' }, 'age', undefined],
  ['sex', 'polyp', { PatientSex: 'F' }, 'sex', 'female'],
  ['sex in lower case', 'polyp', { PatientSex: 'm' }, 'sex', 'male'],
  ['no sex where two are stated', 'polyp', { PatientSex: ['M', 'F'] }, 'sex', undefined],
  ['no sex for O', 'polyp', { PatientSex: 'O' }, 'sex', undefined],
  ['view PA', 'chest-xray', { ViewPosition: 'PA' }, 'view', 'frontal'],
  ['view LL', 'chest-xray', { ViewPosition: 'LL' }, 'view', 'lateral'],
  ['view by code', 'chest-xray', { ViewCodeSequence: code('399348003') }, 'view', 'frontal'],
  ['view by words', 'chest-xray', { SeriesDescription: 'PA ERECT' }, 'view', 'frontal'],
  ['no view where words disagree', 'chest-xray', { SeriesDescription: 'PA + LAT' }, 'view', undefined],
  ['no view in part of a word', 'chest-xray', { SeriesDescription: 'PAIN, LATE' }, 'view', undefined],
  ['four-chamber view by code', 'cardiac-ultrasound', { ViewCodeSequence: code('399214001') }, 'view', 'four-chamber'],
  ['two-chamber view by words', 'cardiac-ultrasound', { SeriesDescription: 'A2C zoom' }, 'view', 'two-chamber'],
  ['end of diastole', 'cardiac-ultrasound', { CardiacCyclePosition: 'END_DIASTOLE' }, 'cycle', 'diastole'],
  ['end of systole by percentage', 'cardiac-mri', { NominalPercentageOfCardiacPhase: 40 }, 'cycle', 'systole'],
  ['no cycle in between', 'cardiac-mri', { NominalPercentageOfCardiacPhase: 70 }, 'cycle', undefined],
  ['end of systole by trigger time', 'cardiac-mri', { TriggerTime: 320, NominalInterval: 800 }, 'cycle', 'systole'],
  ['end of diastole by trigger time', 'cardiac-mri', { TriggerTime: 0, NominalInterval: 800 }, 'cycle', 'diastole'],
  ['no cycle by a trigger time alone', 'cardiac-mri', { TriggerTime: 320 }, 'cycle', undefined],
  [
    'end of systole by image type',
    'cardiac-mri',
    { ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ES'] },
    'cycle',
    'systole',
  ],
  [
    'no cycle by an interval that no heart has',
    'cardiac-ultrasound',
    { TriggerTime: '40', NominalInterval: '100' },
    'cycle',
    undefined,
  ],
  [
    'end of systole by the shortest interval',
    'cardiac-ultrasound',
    { TriggerTime: '80', NominalInterval: '200' },
    'cycle',
    'systole',
  ],
  ['end of diastole by stage', 'cardiac-ultrasound', { StageName: 'end diastole' }, 'cycle', 'diastole'],
  ['modality', 'chest-xray', { Modality: 'DX' }, 'modality', 'radiograph'],
  ['no modality that we have no word for', 'chest-xray', { Modality: 'ZZ' }, 'modality', undefined],
  ['anatomy by code', 'ct-torso', { AnatomicRegionSequence: code('816094009') }, 'anatomy', 'chest'],
  ['laterality in lower case', 'breast-ultrasound', { Laterality: 'r' }, 'laterality', 'right'],
  ...(
    [
      ['SCT', '7771000', 'left'],
      ['SCT', '24028007', 'right'],
      ['SRT', 'G-A101', 'left'],
      ['SRT', 'G-A100', 'right'],
      ['SCT', '51440002', undefined],
    ] as const
  ).map(([CodingSchemeDesignator, CodeValue, side]): (typeof READ)[number] => [
    `laterality by the code ${CodingSchemeDesignator} ${CodeValue}`,
    'breast-ultrasound',
    {
      AnatomicRegionSequence: [
        {
          ...code('76752008')[0],
          AnatomicRegionModifierSequence: [{ CodeValue, CodingSchemeDesignator, CodeMeaning: 'x' }],
        },
      ],
    },
    'laterality',
    side,
  ]),
  [
    'findings of the admitting diagnosis, by SNOMED CT and ICD-10',
    'chest-xray',
    {
      AdmittingDiagnosesCodeSequence: [
        { CodeValue: '60046008', CodingSchemeDesignator: 'SCT', CodeMeaning: 'x' },
        { CodeValue: 'J93.9', CodingSchemeDesignator: 'I10', CodeMeaning: 'x' },
      ],
    },
    'findings',
    'Pleural Effusion, Pneumothorax',
  ],
  [
    'no finding from the reason for a request: it is a question',
    'chest-xray',
    { ReasonForRequestedProcedureCodeSequence: code('36118008') },
    'findings',
    undefined,
  ],
  ['anatomy', 'ct-torso', { BodyPartExamined: 'THORAX' }, 'anatomy', 'chest'],
  ['laterality', 'breast-ultrasound', { ImageLaterality: 'L' }, 'laterality', 'left'],
  [
    'no laterality from an object’s own words',
    'breast-ultrasound',
    { Laterality: 'constructor' },
    'laterality',
    undefined,
  ],
];

describe('attributes of metadata', () => {
  test.each(READ)('%s', (_, task, header, name, expected) => {
    expect(values(task, header)[name]).toBe(expected);
  });

  test('have a unit and a code where there is one', () => {
    const { attributes } = extract('chest-xray', { PatientAge: '045Y', BodyPartExamined: 'CHEST' });
    expect(attributes).toContainEqual({ name: 'age', value: 45, unit: 'a', source: 'metadata', origin: 'PatientAge' });
    expect(attributes.find(({ name }) => name === 'anatomy')?.code).toMatchObject({ scheme: 'SCT', value: '51185008' });
  });

  test('are left out where the images of a series differ, which is told', () => {
    const instances = ['END_SYSTOLE', 'END_DIASTOLE'].map((CardiacCyclePosition) =>
      datasetOf({ CardiacCyclePosition, SeriesDescription: 'A4C', PatientSex: 'F' }),
    );
    const task = catalogue.task('cardiac-ultrasound');
    const [target] = task.targets;
    const { attributes, warnings } = extractAttributes({ instances }, task, target ?? fail());
    expect(attributes.map(({ name }) => name)).toEqual(['class', 'view', 'sex']);
    expect(warnings).toEqual(['CardiacCyclePosition is not the same in all images of the series; cycle was left out']);
  });

  test('tell that an image for quality control shows a phantom', () => {
    expect(extract('chest-xray', { QualityControlImage: 'YES' }).warnings).toEqual([
      'QualityControlImage: the image shows a phantom',
    ]);
  });

  test('name an impossible birth date', () => {
    expect(extract('polyp', { PatientBirthDate: '19700231' }).warnings).toEqual([
      'PatientBirthDate does not hold a value that can be used; age was left out',
    ]);
  });

  test('say where they come from', () => {
    expect(extract('chest-xray', { ViewPosition: 'AP' }).attributes).toEqual([
      { name: 'class', value: 'left lung', source: 'catalogue', origin: 'catalogue/tasks/chest-xray.yaml' },
      { name: 'view', value: 'frontal', source: 'metadata', origin: 'ViewPosition' },
    ]);
  });
});
