import { randomUUID } from 'node:crypto';
import {
  number,
  parsePart10,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  text,
  uidFromDigest,
  writePart10,
} from '@maskwright/dicom';
import { beforeAll, expect, test } from 'vitest';
import type { Archive } from './archive.ts';
import { wholeInstances } from './incoming-file.ts';

export interface Sample {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly instance: SOPInstanceUID;
  readonly file: Uint8Array;
}

/** A small 2-frame image of a series of its own name; the pixels of frame k are all k. */
export function sampleInstance(name: string, seriesNumber = 1, instanceNumber = 1): Sample {
  const study = uidFromDigest<StudyInstanceUID>(name);
  const series = uidFromDigest<SeriesInstanceUID>(name, String(seriesNumber));
  const instance = uidFromDigest<SOPInstanceUID>(name, String(seriesNumber), String(instanceNumber));
  const file = writePart10({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1',
    SOPInstanceUID: instance,
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    StudyDate: '20260102',
    StudyTime: '101112',
    StudyID: '1',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    Modality: 'US',
    SeriesNumber: seriesNumber,
    InstanceNumber: instanceNumber,
    PatientName: 'Größe^山田',
    PatientID: `P-${name}`,
    PatientBirthDate: '',
    PatientSex: 'O',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 4,
    Columns: 4,
    NumberOfFrames: 2,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: Uint8Array.from({ length: 32 }, (_, i) => (i < 16 ? 1 : 2)),
  });
  return { study, series, instance, file };
}

/** What every adapter of the archive port keeps. */
export function archiveContract(archive: () => Archive): void {
  const name = randomUUID();
  const samples = [...Array.from({ length: 7 }, (_, i) => sampleInstance(name, 1, i + 1)), sampleInstance(name, 2, 1)];
  const [first = sampleInstance(name)] = samples;
  const unknown = uidFromDigest<StudyInstanceUID>('unknown', name);

  beforeAll(async () => {
    await archive().store(samples.map(({ file }) => file));
  });

  test('each instance of a STOW-RS gets a word, and storing it again changes nothing', async () => {
    for (const _ of ['again', 'and again']) {
      const outcomes = await archive().store(samples.map(({ file }) => file));
      expect(outcomes.map(({ sopInstanceUID, stored }) => [sopInstanceUID, stored])).toEqual(
        samples.map(({ instance }) => [instance, true]),
      );
    }
    expect(await archive().searchInstances(first.study, first.series)).toHaveLength(7);
  });

  test('a study is found by its UID and by its date', async () => {
    const found = async (query: Parameters<Archive['searchStudies']>[0]) =>
      (await Array.fromAsync(archive().searchStudies(query))).map(({ studyInstanceUID }) => studyInstanceUID);
    expect(await found({ studyInstanceUID: first.study })).toEqual([first.study]);
    expect(await found({ studyInstanceUID: first.study, studyDate: {} })).toEqual([first.study]);
    expect(await found({ studyDate: { from: '20260101', to: '20260103' } })).toContain(first.study);
    expect(await found({ studyDate: { from: '20260103' } })).not.toContain(first.study);
    expect(await found({ studyInstanceUID: unknown })).toEqual([]);
  });

  test('a study lists its series with their modality, a series its instances with their class', async () => {
    const series = await archive().searchSeries(first.study);
    expect(series.map(({ seriesInstanceUID, modality }) => [seriesInstanceUID, modality]).sort()).toEqual(
      [...new Set(samples.map(({ series: uid }) => uid))].map((uid) => [uid, 'US']).sort(),
    );
    const instances = await archive().searchInstances(first.study, first.series);
    const told = new Set(instances.map(({ sopClassUID }) => sopClassUID ?? '1.2.840.10008.5.1.4.1.1.3.1'));
    expect(told).toEqual(new Set(['1.2.840.10008.5.1.4.1.1.3.1']));
  });

  test('what is unknown is empty', async () => {
    expect(await archive().searchSeries(unknown)).toEqual([]);
    expect(await archive().searchInstances(unknown, first.series)).toEqual([]);
  });

  test('metadata holds the attributes without the pixels, names in any script', async () => {
    const metadata = await archive().retrieveMetadata(first.study, first.series);
    expect(metadata).toHaveLength(7);
    expect(metadata.map((dataset) => number(dataset, 'Rows'))).toEqual(Array(7).fill(4));
    expect(metadata.map((dataset) => text(dataset, 'PatientName'))).toEqual(Array(7).fill('Größe^山田'));
    expect(metadata.every((dataset) => dataset['7FE00010']?.InlineBinary === undefined)).toBe(true);
  });

  test('instances come back as they were stored', async () => {
    const instances = await Array.fromAsync(wholeInstances(archive().retrieveFiles(first.study, first.series)));
    expect(instances.map(({ sopInstanceUID }) => sopInstanceUID).sort()).toEqual(
      samples
        .slice(0, 7)
        .map(({ instance }) => instance)
        .sort(),
    );
    const bytes = await archive().retrieveInstance(first.study, first.series, first.instance);
    const [pixels] = parsePart10(bytes).pixelData ?? [];
    expect([...(pixels ?? [])]).toEqual([...Array(16).fill(1), ...Array(16).fill(2)]);
  });

  test('wanted instances come alone, and what is unknown is empty', async () => {
    const wanted = samples.slice(2, 4).map(({ instance }) => instance);
    const files = archive().retrieveFiles(first.study, first.series, wanted);
    const instances = await Array.fromAsync(wholeInstances(files));
    expect(instances.map(({ sopInstanceUID }) => sopInstanceUID).sort()).toEqual(wanted.toSorted());
    expect(await Array.fromAsync(archive().retrieveFiles(unknown, first.series))).toEqual([]);
    expect(await archive().describeInstances(unknown, first.series)).toEqual([]);
  });

  test('instances are described without being sent', async () => {
    const described = await archive().describeInstances(first.study, first.series);
    expect(described.map(({ sopInstanceUID }) => sopInstanceUID).sort()).toEqual(
      samples
        .slice(0, 7)
        .map(({ instance }) => instance)
        .sort(),
    );
  });

  test('a file that is not read, or not to its end, is passed over', async () => {
    let files = 0;
    for await (const file of archive().retrieveFiles(first.study, first.series)) {
      files += 1;
      if (files % 2 === 0) for await (const _ of file) break;
    }
    expect(files).toBe(7);
  });

  test('frames come alone and together, in the order that was asked for', async () => {
    const framesOf = async (frames: readonly number[]) =>
      (await archive().retrieveFrames(first.study, first.series, first.instance, frames)).map((frame) => [...frame]);
    const one = Array(16).fill(1);
    const two = Array(16).fill(2);
    expect(await framesOf([2])).toEqual([two]);
    expect(await framesOf([1, 2])).toEqual([one, two]);
    expect(await framesOf([2, 1])).toEqual([two, one]);
    expect(await framesOf([2, 1, 2])).toEqual([two, one, two]);
    expect(await framesOf([])).toEqual([]);
    await expect(framesOf([3])).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  });

  test('a broken object fails alone, and is said to have failed', async () => {
    const good = sampleInstance(`${name} good`);
    const broken = sampleInstance(`${name} broken`);
    const outcomes = await archive().store([cutInDataSet(broken.file), good.file]);
    expect(outcomes).toEqual([
      { sopInstanceUID: broken.instance, stored: false, reason: expect.any(Number) },
      { sopInstanceUID: good.instance, stored: true },
    ]);
    expect(await archive().searchInstances(good.study, good.series)).toHaveLength(1);
    expect(await archive().searchInstances(broken.study, broken.series)).toEqual([]);
  });

  test('where nothing was stored, that is the outcome and no refusal', async () => {
    const broken = sampleInstance(`${name} broken`);
    expect(await archive().store([cutInDataSet(broken.file)])).toMatchObject([
      { sopInstanceUID: broken.instance, stored: false },
    ]);
  });

  test('what is no DICOM at all is not sent, nor are the others', async () => {
    const other = sampleInstance(`${name} not sent`);
    await expect(archive().store([other.file, Buffer.from('garbage')])).rejects.toMatchObject({
      code: 'NOT_DICOM',
      message: expect.stringContaining('file 2 of 2'),
    });
    expect(await archive().searchInstances(other.study, other.series)).toEqual([]);
  });

  test('the same object from many at once is stored once, and each hears of success', async () => {
    const sample = sampleInstance(`${name} at once`);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => archive().store([sample.file])));
    expect(outcomes).toEqual(Array(6).fill([{ sopInstanceUID: sample.instance, stored: true }]));
    expect(await archive().searchInstances(sample.study, sample.series)).toHaveLength(1);
  });

  test('an object that is not there is refused by its path', async () => {
    const fetching = archive().retrieveInstance(unknown, first.series, first.instance);
    await expect(fetching).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining(unknown),
    });
  });

  test('a list of studies longer than a page comes whole, each study once', async () => {
    const many = Array.from({ length: 105 }, (_, i) => sampleInstance(`${name} page ${i}`));
    await archive().store(many.map(({ file }) => file));
    const found = (await Array.fromAsync(archive().searchStudies({}))).map(({ studyInstanceUID }) => studyInstanceUID);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(many.map(({ study }) => study)));
    expect(await Array.fromAsync(archive().searchStudies({ limit: 103 }))).toHaveLength(103);
  });

  test('a series longer than a page comes whole', async () => {
    const many = Array.from({ length: 510 }, (_, i) => sampleInstance(`${name} long`, 1, 510 - i));
    const [{ study, series } = first] = many;
    await archive().store(many.map(({ file }) => file));
    const listed = (await archive().searchInstances(study, series)).map(({ sopInstanceUID }) => sopInstanceUID);
    expect([...listed].sort()).toEqual(many.map(({ instance }) => instance).sort());
    expect(await archive().retrieveMetadata(study, series)).toHaveLength(510);
    const fetched: string[] = [];
    for await (const { sopInstanceUID } of wholeInstances(archive().retrieveFiles(study, series))) {
      fetched.push(sopInstanceUID);
      if (fetched.length === 20) break;
    }
    expect(listed).toEqual(expect.arrayContaining(fetched));
    expect(new Set(fetched).size).toBe(20);
  });

  test('a stopped call ends with the reason, before it and in the middle', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(archive().searchSeries(first.study, stopped)).rejects.toThrow('stopped');
    await expect(archive().store([first.file], stopped)).rejects.toThrow('stopped');

    const stop = new AbortController();
    const seen: string[] = [];
    const reading = async () => {
      const files = archive().retrieveFiles(first.study, first.series, undefined, stop.signal);
      for await (const { sopInstanceUID } of wholeInstances(files)) {
        seen.push(sopInstanceUID);
        stop.abort(new Error('stopped'));
      }
    };
    await expect(reading()).rejects.toThrow('stopped');
    expect(seen.length).toBeLessThan(7);
  });
}

/** The file meta information is whole, the data set ends within an element. */
function cutInDataSet(file: Uint8Array): Uint8Array {
  return file.slice(0, 400);
}
