import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { items, parsePart10, text } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import {
  COLOR_PRESENTATION_STORAGE,
  COMPREHENSIVE_SR_STORAGE,
  resultObject,
  SECONDARY_CAPTURE_STORAGE,
  SEGMENTATION_STORAGE,
  segUids,
} from '@maskwright/result';
import { beforeAll, describe, expect, test } from 'vitest';
import { blobs } from '../../test/support/blobs.ts';
import { repositoryRoot } from '../../test/support/needs.ts';
import { targetNamed } from '../../test/support/seg-input.ts';
import { encodeResult, type ResultInput, type ResultOptions } from './encode-result.ts';

let source: SourceImage;
beforeAll(async () => {
  const folder = path.join(repositoryRoot, 'fixtures/phantoms/endoscopy-04');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name))));
  source = assembleSource(files.map((file) => parsePart10(file)));
});

function inputWith(found: boolean): ResultInput {
  const { rows, columns, frames } = source;
  const mask = blobs(frames.length, rows, columns, 1);
  return {
    key: 'a job',
    source,
    segments: [
      {
        target: targetNamed('polyp'),
        mask: found ? mask : { ...mask, data: new Uint8Array(mask.data.length) },
        prompt: 'a polyp',
        promptType: 'P1',
      },
    ],
    algorithm: { name: 'model', version: '1' },
    assessment: 'Near to the training images.',
    at: new Date('2026-01-01T00:00:00Z'),
    seriesDescription: 'Polyps',
  };
}

const CLASSES = {
  seg: SEGMENTATION_STORAGE,
  sr: COMPREHENSIVE_SR_STORAGE,
  'key-image': SECONDARY_CAPTURE_STORAGE,
  'presentation-state': COLOR_PRESENTATION_STORAGE,
};
const ALL: ResultOptions = { sr: true, keyImage: true, presentationState: true, empty: 'seg' };

describe('the objects of a result', () => {
  test.each<[string, boolean, ResultOptions, string[]]>([
    ['a SEG', true, { sr: false, empty: 'seg' }, ['seg']],
    ['a SEG and its report', true, { sr: true, empty: 'none' }, ['seg', 'sr']],
    ['a SEG and its picture', true, { sr: false, keyImage: true, empty: 'seg' }, ['seg', 'key-image']],
    [
      'a SEG and its outlines',
      true,
      { sr: false, presentationState: true, empty: 'none' },
      ['seg', 'presentation-state'],
    ],
    ['all there are', true, ALL, ['seg', 'key-image', 'presentation-state', 'sr']],
    ['no pictures of nothing', false, ALL, ['seg', 'sr']],
    ['a SEG where only the empty ones are reports', true, { sr: false, empty: 'sr' }, ['seg']],
    ['an empty SEG', false, { sr: false, empty: 'seg' }, ['seg']],
    ['an empty SEG and its report', false, { sr: true, empty: 'seg' }, ['seg', 'sr']],
    ['a report that nothing was found', false, { sr: false, empty: 'sr' }, ['sr']],
    ['that report once', false, { sr: true, empty: 'sr' }, ['sr']],
    ['nothing', false, { sr: true, empty: 'none' }, []],
  ])('are %s', async (_, found, options, kinds) => {
    const { objects } = await encodeResult(inputWith(found), options);
    expect(objects.map(({ kind }) => kind)).toEqual(kinds);
    for (const { kind, sopInstanceUID, file } of objects) {
      const written = parsePart10(file);
      expect(written.sopInstanceUID).toBe(sopInstanceUID);
      expect(written.sopClassUID).toBe(CLASSES[kind]);
      // Whoever has the key finds the object again.
      expect(resultObject('a job', sopInstanceUID)).toEqual({ kind, seriesInstanceUID: written.seriesInstanceUID });
    }
  });

  test('are the same bytes for the same job', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => encodeResult(inputWith(true), ALL)));
    expect(one).toEqual(two);
  });

  test('the report names the SEG among its evidence, and the SEG is written as the site wants it', async () => {
    const seg = { contentLabel: 'SITE', seriesDescription: '{title} by {model}' };
    const { objects } = await encodeResult(inputWith(true), { sr: true, empty: 'seg', seg });
    const [object, report] = objects;
    const written = parsePart10(object?.file ?? new Uint8Array()).dataset;
    expect([text(written, 'ContentLabel'), text(written, 'SeriesDescription')]).toEqual(['SITE', 'Polyps by model']);
    const [study = {}] = items(
      parsePart10(report?.file ?? new Uint8Array()).dataset,
      'CurrentRequestedProcedureEvidenceSequence',
    );
    const named = items(study, 'ReferencedSeriesSequence').flatMap((series) =>
      items(series, 'ReferencedSOPSequence').map((sop) => text(sop, 'ReferencedSOPInstanceUID')),
    );
    expect(named).toContain(segUids('a job', 1).sopInstanceUID);
    expect(named).toContain(source.frames[0]?.instance.sopInstanceUID);
  });
});
