import path from 'node:path';
import type { Assessment } from '@maskwright/assess';
import { loadCatalogue } from '@maskwright/catalogue';
import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { promptsFor } from './prompts-for.ts';
import { summaryOf } from './summary.ts';

const assessment: Assessment = {
  ...{ family: 'cardiac-ultrasound', retouch: null, gate: [], distance: null, percentile: null },
  ...{ percentileShares: null, agreement: null, wordings: null, candidates: [], reason: 'as a person should see' },
  choice: { kind: 'needs-person' },
};

test.each([
  ['045Y', 'forty-five', '45'],
  ['102Y', 'over 89', 'over 89'],
])('an age of %s is told to the event log as %s', async (PatientAge, words, value) => {
  const catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
  const header = { instances: [datasetOf({ Modality: 'US', PatientSex: 'F', PatientAge })], reports: [] };
  const prompts = promptsFor(catalogue, catalogue.task('cardiac-ultrasound'), header);
  const attributes = prompts.flatMap(({ prompt }) => prompt.attributes);
  const { segments, attributes: told } = summaryOf({
    ...{ prompts, attributes, assessment, asIs: assessment, segments: [], model: null, warnings: [] },
  });
  for (const { prompt } of segments) expect(prompt).toContain(`${words}-year-old female`);
  expect(new Set(told.filter(({ name }) => name === 'age').map((one) => one.value))).toEqual(new Set([value]));
  // The object in the archive has the words as they were asked.
  if (PatientAge === '102Y') expect(prompts[0]?.prompt.text).toContain('one hundred and two-year-old female');
});
