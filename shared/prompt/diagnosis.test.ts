import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { type DataSet, datasetOf, type KeywordValues } from '@maskwright/dicom';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { said } from './attributes.ts';
import { extractAttributes } from './extract.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

function fail(): never {
  throw new Error('the task has no target');
}
const code = (CodeValue: string) => [{ CodeValue, CodingSchemeDesignator: 'SCT', CodeMeaning: 'x' }];

describe('attributes of reports', () => {
  const finding = (CodeValue: string, more: KeywordValues = {}) => ({
    ValueType: 'CODE',
    ConceptNameCodeSequence: [{ CodeValue: '121071', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Finding' }],
    ConceptCodeSequence: code(CodeValue),
    ...more,
  });
  const report = (VerificationFlag: string, ...found: readonly KeywordValues[]) =>
    datasetOf({ VerificationFlag, ContentSequence: [{ ValueType: 'CONTAINER', ContentSequence: [...found] }] });
  const malignant = '254837009';
  const denied = { ContentSequence: [{ ValueType: 'CODE', ConceptCodeSequence: code('2667000') }] };

  test.each<[string, string, DataSet[], string, string | undefined]>([
    [
      'are read from a verified one',
      'breast-ultrasound',
      [report('VERIFIED', finding(malignant))],
      'malignancy',
      'malignant',
    ],
    [
      'are not read from one that nobody has verified',
      'breast-ultrasound',
      [report('UNVERIFIED', finding(malignant))],
      'malignancy',
      undefined,
    ],
    [
      'are not read where they contradict',
      'breast-ultrasound',
      [report('VERIFIED', finding(malignant), finding('20376005'))],
      'malignancy',
      undefined,
    ],
    [
      'are not read where they are denied',
      'chest-xray',
      [report('VERIFIED', finding('36118008', denied))],
      'findings',
      undefined,
    ],
    [
      'name each finding once',
      'chest-xray',
      [report('VERIFIED', finding('36118008')), report('VERIFIED', finding('36118008'), finding('8186001'))],
      'findings',
      'Pneumothorax, Cardiomegaly',
    ],
  ])('%s', (_, taskId, reports, name, expected) => {
    const task = catalogue.task(taskId);
    const [target] = task.targets;
    const { attributes } = extractAttributes({ instances: [datasetOf({})], reports }, task, target ?? fail());
    const read = attributes.find((one) => one.name === name);
    expect(read && said(read)).toBe(expected);
  });
});
