import {
  items,
  number,
  parsePart10,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  text,
} from '@maskwright/dicom';
import { measureMasks } from '@maskwright/measure';
import { describe, expect, test } from 'vitest';
import { encodeSr } from './encode-sr.ts';
import { exampleInput, exampleVolume } from './example-source.ts';
import { type ResultVersion, resultLineage } from './result-version.ts';
import { segUids } from './seg-uids.ts';
import { srUids } from './sr-input.ts';
import { writeSeg } from './write-seg.ts';

const series = parseUid<SeriesInstanceUID>('1.2.3', 'SeriesInstanceUID');
const earlier = parseUid<SOPInstanceUID>('2.25.1', 'SOPInstanceUID');
const version = (sopClassUID: string): ResultVersion => ({
  number: 3,
  replaces: { sopClassUID, sopInstanceUID: earlier },
  series: { date: '20250102', time: '030405' },
});

describe('versions of a result', () => {
  const lineage = (parts: object) => resultLineage({ key: 'a', series, task: 'chest-xray', ...parts });

  test('share a series and a frame of reference, each with an instance of its own', () => {
    const [one, two] = ['a', 'b'].map((key) => segUids(key, 1, lineage({ key })));
    expect(one?.seriesInstanceUID).toBe(two?.seriesInstanceUID);
    expect(one?.frameOfReferenceUID).toBe(two?.frameOfReferenceUID);
    expect(one?.sopInstanceUID).not.toBe(two?.sopInstanceUID);
  });

  test.each([
    ['another task', { task: 'polyp' }],
    ['images of one size alone', { matrix: '1024x768' }],
    ['another series', { series: parseUid<SeriesInstanceUID>('1.2.4', 'SeriesInstanceUID') }],
    ['a person’s words', { prompt: 'the other lung' }],
  ])('%s is another result', (_, parts) => {
    expect(lineage(parts)).not.toBe(lineage({}));
  });

  test('a SEG has its number, the date of its series, and says what it takes the place of', () => {
    const input = { ...exampleInput(exampleVolume(2), [[1]]), version: version('1.2.840.10008.5.1.4.1.1.66.4') };
    const { dataset } = parsePart10(writeSeg(input));
    expect([number(dataset, 'InstanceNumber'), text(dataset, 'SeriesDate'), text(dataset, 'ContentDate')]).toEqual([
      3,
      '20250102',
      '20260102',
    ]);
    expect(text(dataset, 'DerivationDescription')).toContain('Version 3: takes the place of instance 2.25.1.');
  });

  const reportOf = async (version: ResultVersion) => {
    const input = exampleInput(exampleVolume(2), [[1]]);
    const masks = input.segments.map(({ mask }) => mask);
    const measurements = await measureMasks(input.source, masks, async () => undefined);
    const seg = parsePart10(writeSeg(input));
    const { trackingUIDs } = input.uids;
    return parsePart10(encodeSr({ ...input, measurements, seg, trackingUIDs, uids: srUids('a job'), version })).dataset;
  };

  test('the first, made again, has the date of its series and takes no place', async () => {
    const first = { number: 1, series: { date: '20250102', time: '030405' } };
    const seg = parsePart10(writeSeg({ ...exampleInput(exampleVolume(2), [[1]]), version: first })).dataset;
    const report = await reportOf(first);
    for (const dataset of [seg, report]) {
      expect([number(dataset, 'InstanceNumber'), text(dataset, 'SeriesDate')]).toEqual([1, '20250102']);
    }
    expect(text(seg, 'DerivationDescription')).not.toContain('takes the place');
    expect(items(report, 'PredecessorDocumentsSequence')).toEqual([]);
  });

  test('a report names its predecessor', async () => {
    const dataset = await reportOf(version('1.2.840.10008.5.1.4.1.1.88.33'));
    const [study = {}] = items(dataset, 'PredecessorDocumentsSequence');
    const [of = {}] = items(study, 'ReferencedSeriesSequence');
    const [instance = {}] = items(of, 'ReferencedSOPSequence');
    expect(text(of, 'SeriesInstanceUID')).toBe(srUids('a job').seriesInstanceUID);
    expect(text(instance, 'ReferencedSOPInstanceUID')).toBe('2.25.1');
    expect(number(dataset, 'InstanceNumber')).toBe(3);
  });
});
