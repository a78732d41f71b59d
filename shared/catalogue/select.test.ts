import path from 'node:path';
import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { type Catalogue, loadCatalogue } from './catalogue.ts';
import { explainSelection, selectTasks } from './select.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});
const code = (CodeValue: string) => [{ CodeValue, CodingSchemeDesignator: 'SCT', CodeMeaning: 'x' }];

const CASES: readonly (readonly [string, KeywordValues, readonly string[]])[] = [
  ['CR of the chest', { Modality: 'CR', BodyPartExamined: 'CHEST' }, ['chest-xray']],
  ['CR of the chest, PA', { Modality: 'CR', BodyPartExamined: 'CHEST', ViewPosition: 'PA' }, ['chest-xray']],
  ['lateral by ViewPosition', { Modality: 'DX', BodyPartExamined: 'CHEST', ViewPosition: 'LL' }, []],
  ['lateral by code', { Modality: 'DX', BodyPartExamined: 'CHEST', ViewCodeSequence: code('399198007') }, []],
  ['lateral by description', { Modality: 'DX', BodyPartExamined: 'CHEST', SeriesDescription: 'Thorax LAT' }, []],
  [
    'frontal in a study of both views',
    {
      Modality: 'DX',
      BodyPartExamined: 'CHEST',
      StudyDescription: 'Chest PA and lateral',
      SeriesDescription: 'PA ERECT',
    },
    ['chest-xray'],
  ],
  [
    'frontal by code, whatever the description says',
    { Modality: 'DX', BodyPartExamined: 'CHEST', ViewPosition: 'PA', SeriesDescription: 'chest pa + lat' },
    ['chest-xray'],
  ],
  ['chest by words alone', { Modality: 'DX', StudyDescription: 'XR Chest 1 view' }, ['chest-xray']],
  ['a radiograph that says nothing', { Modality: 'CR' }, []],
  ['a hand, whatever the words say', { Modality: 'CR', BodyPartExamined: 'HAND', StudyDescription: 'chest' }, []],
  ['chest by region code', { Modality: 'DX', AnatomicRegionSequence: code('51185008') }, ['chest-xray']],
  [
    'raw detector data',
    { Modality: 'DX', BodyPartExamined: 'CHEST', SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1.1' },
    [],
  ],
  ['colonoscopy', { Modality: 'ES', BodyPartExamined: 'COLON' }, ['polyp']],
  ['colonoscopy by words', { Modality: 'ES', StudyDescription: 'Colonoscopy' }, ['polyp']],
  ['gastroscopy', { Modality: 'ES', BodyPartExamined: 'STOMACH' }, []],
  ['CT of the chest', { Modality: 'CT', BodyPartExamined: 'CHEST' }, ['ct-torso']],
  ['CT of chest and abdomen', { Modality: 'CT', BodyPartExamined: 'CHEST_ABDOMEN' }, ['ct-torso']],
  ['CT localizer', { Modality: 'CT', BodyPartExamined: 'CHEST', ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, []],
  ['CT scout', { Modality: 'CT', BodyPartExamined: 'CHEST', SeriesDescription: 'SCOUT' }, []],
  ['CT reformat', { Modality: 'CT', BodyPartExamined: 'ABDOMEN', SeriesDescription: 'COR 3mm' }, []],
  ['CT of the head', { Modality: 'CT', BodyPartExamined: 'HEAD' }, []],
  ['SEG of a CT', { Modality: 'SEG', BodyPartExamined: 'CHEST' }, []],
  ['SR, PR and KO', { Modality: 'SR', BodyPartExamined: 'CHEST' }, []],
  ['breast ultrasound', { Modality: 'US', BodyPartExamined: 'BREAST' }, ['breast-ultrasound']],
  ['echocardiography', { Modality: 'US', StudyDescription: 'TTE routine' }, ['cardiac-ultrasound']],
  ['obstetric ultrasound', { Modality: 'US', ImageType: ['ORIGINAL', 'PRIMARY', 'OBSTETRICAL'] }, ['fetal-ultrasound']],
  ['dermoscopy of any place', { Modality: 'DMS', BodyPartExamined: 'BACK' }, ['skin-lesion']],
  ['photograph of a foot', { Modality: 'XC', BodyPartExamined: 'FOOT' }, ['foot-ulcer']],
  ['cardiac MRI', { Modality: 'MR', BodyPartExamined: 'HEART' }, ['cardiac-mri']],
  ['brain MRI', { Modality: 'MR', BodyPartExamined: 'BRAIN' }, ['brain-mri']],
  ['brain MRI localizer', { Modality: 'MR', BodyPartExamined: 'BRAIN', SeriesDescription: 'localizer' }, []],
  ['fundus', { Modality: 'OP', AnatomicRegionSequence: code('5665001') }, ['fundus']],
  ['an empty series', {}, []],
];

describe('selection of tasks', () => {
  test.each(CASES)('%s', (_, values, expected) => {
    expect(selectTasks(catalogue, datasetOf(values)).map(({ task }) => task.id)).toEqual(expected);
  });

  test('says why and why not', () => {
    const series = datasetOf({
      Modality: 'CT',
      BodyPartExamined: 'CHEST',
      ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
    });
    const reasons = Object.fromEntries(explainSelection(catalogue, series).map((one) => [one.task.id, one.reasons]));
    expect(reasons['ct-torso']).toEqual(['ImageType says LOCALIZER']);
    expect(reasons.polyp).toContain('Modality is not ES');
  });

  test('never quotes a header', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{8}[0-9]{4}$/), (secret) => {
        const series = datasetOf({
          Modality: 'CR',
          BodyPartExamined: secret,
          SeriesDescription: secret,
          StudyDescription: secret,
          ViewPosition: secret,
        });
        expect(JSON.stringify(explainSelection(catalogue, series).map(({ reasons }) => reasons))).not.toContain(secret);
      }),
    );
  });
});
