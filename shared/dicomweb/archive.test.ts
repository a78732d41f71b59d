import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith, needs } from '../../test/support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../../test/support/orthanc.ts';
import { archiveContract, sampleInstance } from './contract.ts';
import { type EmbeddedArchive, outsideArchive, startEmbeddedArchive } from './index.ts';

describe('the embedded archive', () => {
  let directory: string;
  let server: EmbeddedArchive;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
    server = await startEmbeddedArchive({ directory });
  });
  afterAll(() => server.close());

  archiveContract(() => outsideArchive({ url: server.url }));

  test('pages of a long list are fetched as they are consumed', async () => {
    const archive = outsideArchive({ url: server.url });
    const many = Array.from({ length: 130 }, (_, i) => sampleInstance(`page ${i}`));
    await archive.store(many.map(({ file }) => file));
    const found = (await Array.fromAsync(archive.searchStudies({}))).map(({ studyInstanceUID }) => studyInstanceUID);
    expect(new Set(found).size).toBe(found.length);
    for (const { study } of many) expect(found).toContain(study);
    expect(await Array.fromAsync(archive.searchStudies({ limit: 105 }))).toHaveLength(105);
  });

  test('says which studies got something new, and only those', async () => {
    const archive = outsideArchive({ url: server.url });
    const seen: string[] = [];
    server.onStored((study) => seen.push(study));
    const fresh = sampleInstance('told');
    await archive.store([fresh.file]);
    await archive.store([fresh.file]);
    expect(seen).toEqual([fresh.study]);
  });

  test('what a crash left behind is mended at the start: half a file goes, an unindexed one is found', async () => {
    const other = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
    const before = await startEmbeddedArchive({ directory: other });
    const sample = sampleInstance('crash');
    await outsideArchive({ url: before.url }).store([sample.file]);
    await before.close();
    await writeFile(path.join(other, sample.study, sample.series, '1.2.3.dcm.part'), 'half');
    for (const suffix of ['', '-wal', '-shm']) await rm(path.join(other, `index.sqlite${suffix}`), { force: true });

    const after = await startEmbeddedArchive({ directory: other });
    const found = await outsideArchive({ url: after.url }).searchInstances(sample.study, sample.series);
    await after.close();
    expect(found.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual([sample.instance]);
  });
});

describeWith(needs.orthanc, 'a real Orthanc', () => {
  let orthanc: RealOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  });
  afterAll(() => orthanc.stop());

  archiveContract(() => outsideArchive({ url: orthanc.url }));
});
