import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { exampleInstance } from './example-source.ts';
import { lossyCompression, patientAndStudy } from './inherited.ts';

test.each([
  ['IssuerOfPatientID', 'Clinic'],
  ['OtherPatientIDs', ['P1-OLD']],
  ['PatientSize', '1.75'],
  ['PatientWeight', '70'],
  ['EthnicGroup', 'unknown'],
  ['LongitudinalTemporalInformationModified', 'MODIFIED'],
  ['StudyDescription', 'Chest'],
  ['PhysiciansOfRecord', ['House^Gregory']],
  ['ClinicalTrialSponsorName', 'Sponsor'],
  ['ClinicalTrialProtocolID', 'P'],
  ['ClinicalTrialProtocolName', 'Protocol'],
  ['ClinicalTrialSiteID', 'S'],
  ['ClinicalTrialSiteName', 'Site'],
  ['ClinicalTrialSubjectID', 'X'],
  ['ClinicalTrialSubjectReadingID', 'Y'],
])('%s of the source is taken over', (keyword, value) => {
  expect(datasetOf(patientAndStudy(datasetOf({ [keyword]: value })))).toMatchObject(datasetOf({ [keyword]: value }));
});

describe('whether the image was ever lossy', () => {
  const JPEG = 'ISO_10918_1';
  const [BASELINE, EXTENDED, LOSSLESS] = ['50', '51', '70'].map((last) => `1.2.840.10008.1.2.4.${last}`);
  const [JPEG_LS, NEAR_LOSSLESS] = ['80', '81'].map((last) => `1.2.840.10008.1.2.4.${last}`);
  test.each<[string, string | undefined, KeywordValues, KeywordValues]>([
    ['JPEG baseline', BASELINE, {}, { LossyImageCompression: '01', LossyImageCompressionMethod: JPEG }],
    ['JPEG extended', EXTENDED, {}, { LossyImageCompression: '01', LossyImageCompressionMethod: JPEG }],
    ['lossless JPEG', LOSSLESS, {}, { LossyImageCompression: '00' }],
    ['lossless JPEG-LS', JPEG_LS, {}, { LossyImageCompression: '00' }],
    [
      'JPEG-LS near-lossless',
      NEAR_LOSSLESS,
      {},
      { LossyImageCompression: '01', LossyImageCompressionMethod: 'ISO_14495_1' },
    ],
    [
      'lossless by now, and says by what it was lossy',
      JPEG_LS,
      { LossyImageCompression: '01', LossyImageCompressionRatio: '12', LossyImageCompressionMethod: JPEG },
      { LossyImageCompression: '01', LossyImageCompressionRatio: '12', LossyImageCompressionMethod: JPEG },
    ],
  ])('%s', (_, transferSyntaxUID = '', values, expected) => {
    const instances = [exampleInstance(1, {}), { ...exampleInstance(2, values), transferSyntaxUID }];
    expect(datasetOf(lossyCompression(instances))).toEqual(datasetOf(expected));
  });
});
