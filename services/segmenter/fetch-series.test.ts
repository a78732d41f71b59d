import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parsePart10, type SOPInstanceUID } from '@maskwright/dicom';
import { type Archive, oneChunk } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../../shared/dicomweb/contract.ts';
import { fetchSeries, listSeries } from './fetch-series.ts';
import { type SourceFile, SourceSpool } from './source-spool.ts';

const samples = [1, 2, 3].map((number) => sampleInstance('fetch', 1, number));
const [first = sampleInstance('fetch')] = samples;
const job = { study: first.study, series: first.series };
const uids = samples.map(({ instance }) => instance);
const { signal } = new AbortController();

/** An archive that lists the samples under these classes and sends what it likes. */
function archiveThat(
  sends: (only: readonly SOPInstanceUID[] | undefined) => readonly SOPInstanceUID[],
  classOf: (index: number) => string | undefined = () => '1.2.840.10008.5.1.4.1.1.3.1',
) {
  const asked: (readonly SOPInstanceUID[] | undefined)[] = [];
  const archive: Pick<Archive, 'describeInstances' | 'retrieveFiles'> = {
    describeInstances: async () =>
      samples.map(({ instance, file }, index) => ({
        sopInstanceUID: instance,
        sopClassUID: classOf(index),
        dataset: parsePart10(file).dataset,
      })),
    async *retrieveFiles(_study, _series, only) {
      asked.push(only);
      const sent = sends(only);
      if (sent.length === 0) throw new MaskwrightError('ARCHIVE_REFUSED', 'not there');
      for (const { instance, file } of samples) if (sent.includes(instance)) yield oneChunk(file);
    },
  };
  return { archive, asked };
}

let file: SourceFile;
beforeEach(async () => {
  file = await new SourceSpool(await mkdtemp(path.join(os.tmpdir(), 'maskwright-fetch-'))).open();
});
afterEach(() => file.close());

describe('a series', () => {
  const fetched = async ({ archive }: ReturnType<typeof archiveThat>) => {
    const listed = await listSeries(archive, job, signal);
    return (await fetchSeries(archive, job, listed, file, signal)).map(({ sopInstanceUID }) => sopInstanceUID);
  };

  test('of images is fetched in one request', async () => {
    const whole = archiveThat(() => uids);
    expect(await fetched(whole)).toEqual(uids);
    expect(whole.asked).toEqual([undefined]);
  });

  test('is fetched without the objects in it that are no images', async () => {
    const mixed = archiveThat(
      (only = []) => only,
      (index) => ['1.2.840.10008.5.1.4.1.1.66.4', undefined, '1.2.840.10008.5.1.4.1.1.2'][index],
    );
    expect(await fetched(mixed)).toEqual(uids.slice(1));
    expect(mixed.asked).toEqual([uids.slice(1)]);
  });

  test('that has no image at all is not fetched', async () => {
    const none = archiveThat(
      () => uids,
      () => '1.2.840.10008.5.1.4.1.1.66.4',
    );
    expect(await fetched(none)).toEqual([]);
    expect(none.asked).toEqual([]);
  });

  test('of which some are left out is asked for those', async () => {
    const lazy = archiveThat((only) => only ?? uids.slice(0, 1));
    expect(await fetched(lazy)).toEqual(uids);
    expect(lazy.asked).toEqual([undefined, uids.slice(1)]);
  });

  test('of which one cannot be had fails with what the archive says of it', async () => {
    const broken = archiveThat((only) => (only ? [] : uids.slice(0, 2)));
    await expect(fetched(broken)).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED', message: 'not there' });
  });
});
