import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { datasetOf, parseUid, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { type Archive, outsideArchive, type SeriesEntry } from '@maskwright/dicomweb';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { Completeness } from './completeness.ts';
import { lookAtStudy } from './look.ts';

const study = parseUid<StudyInstanceUID>('1.2.1', 'StudyInstanceUID');
let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

type Series = readonly [modality: string, images: number];
/** An archive that has these series of the study, and the series whose images it was asked for. */
function archiveOf(series: readonly Series[], counts: boolean) {
  const asked: string[] = [];
  const uid = (index: number) => parseUid<SeriesInstanceUID>(`1.2.1.${index}`, 'SeriesInstanceUID');
  const archive: Archive = {
    ...outsideArchive({ url: 'http://pacs.test' }),
    searchSeries: async () =>
      series.map(
        ([modality, images], index): SeriesEntry => ({
          studyInstanceUID: study,
          seriesInstanceUID: uid(index),
          modality,
          dataset: datasetOf(counts ? { NumberOfSeriesRelatedInstances: images } : {}),
        }),
      ),
    searchInstances: async (_, one) => {
      const index = series.findIndex((__, at) => uid(at) === one);
      const [modality, images] = series[index] ?? ['none', 0];
      asked.push(modality);
      return Array.from({ length: images }, (__, at) => ({
        sopInstanceUID: parseUid(`${one}.${at}`, 'SOPInstanceUID'),
        sopClassUID: undefined,
        dataset: datasetOf({}),
      }));
    },
  };
  return { archive, asked };
}

const ctWithReports: readonly Series[] = [
  ['CT', 3],
  ['SR', 1],
  ['PR', 2],
];

describe('a look at a study', () => {
  test.each<[string, boolean, number | undefined, { images: number; asked: string[]; waits: number; missing: number }]>(
    [
      ['all have come', true, 6, { images: 6, asked: [], waits: 0, missing: 0 }],
      [
        'all have come, in an archive that does not count',
        false,
        6,
        { images: 6, asked: ['CT', 'SR', 'PR'], waits: 0, missing: 0 },
      ],
      ['one has not come', true, 7, { images: 6, asked: [], waits: 100, missing: 1 }],
      [
        'nothing was announced, in an archive that does not count',
        false,
        undefined,
        { images: 3, asked: ['CT'], waits: 10, missing: 0 },
      ],
    ],
  )(
    'counts for an announced number what no task wants, too, but does not wait for its quiet: %s',
    async (_, counts, expected, found) => {
      const { archive, asked } = archiveOf(ctWithReports, counts);
      const sight = await lookAtStudy({ archive, catalogue }, { study, expected });
      const completeness = new Completeness({ quietMs: 10, patienceMs: 100 });
      const waits = completeness.observe(study, sight, 0, expected);
      const { images } = sight;
      expect({ images, asked, waits, missing: completeness.missing(study, images) }).toEqual(found);
      expect(sight.fingerprint).toBe('1.2.1.0:3');
      expect(sight.series.map(({ modality }) => modality)).toEqual(['CT']);
    },
  );
});
