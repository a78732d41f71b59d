import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { provenanceOf } from './provenance.ts';

const bundle = { id: 'starter-vlsm', version: '1.2.0' };
const sites = [
  { name: 'north', like: ['North*', 'ct-n?'] },
  { name: 'south', like: ['*clinic*'] },
];
const of = (header: KeywordValues) => provenanceOf(datasetOf(header), bundle, sites);

describe('where a result comes from', () => {
  test.each<[string, KeywordValues, object]>([
    [
      'says modality, device model and the configured name of the site',
      { Modality: 'CR', ManufacturerModelName: 'DR-X 3000/A', InstitutionName: 'North Clinic' },
      { modality: 'CR', device: 'DR-X 3000/A', site: 'north' },
    ],
    ['a site by its station', { Modality: 'CT', StationName: 'CT-N1' }, { site: 'north', device: 'not stated' }],
    ['a site that is not configured', { Modality: 'CT', InstitutionName: 'Dr. Jane Doe' }, { site: 'other' }],
    ['a device that is no plain text', { ManufacturerModelName: 'Doe^Jane' }, { device: 'not plain' }],
    ['an empty header', {}, { modality: 'not stated', device: 'not stated', site: 'other' }],
    ['a modality that is none', { Modality: 'ct <script>' }, { modality: 'not plain' }],
  ])('%s', (_, header, expected) => {
    expect(of(header)).toMatchObject({ bundle: 'starter-vlsm', version: '1.2.0', ...expected });
  });

  test('holds nothing else of a header', () => {
    const said = JSON.stringify(
      of({
        Modality: 'US',
        ManufacturerModelName: 'Vivid E9',
        Manufacturer: 'SecretMaker',
        PatientName: 'Secret^Name',
        PatientID: 'secret-id',
        InstitutionName: 'Secret North clinic',
        StationName: 'SECRET',
        InstitutionalDepartmentName: 'Secret ward',
      }),
    );
    expect(said).not.toMatch(/secret/i);
    expect(said).toMatch(/south/);
  });
});
