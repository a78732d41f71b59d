import { number, parsePart10, uidFromDigest } from '@maskwright/dicom';
import { type Archive, outsideArchive } from '@maskwright/dicomweb';
import { resultLineage, type SegInput, segUids, writeSeg } from '@maskwright/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { versionAfter } from '../../services/segmenter/version-after.ts';
import { exampleInput, exampleVolume } from '../../shared/result/example-source.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';

describeWith(needs.orthanc, 'versions of a result in Orthanc', () => {
  let orthanc: RealOrthanc;
  let archive: Archive;
  beforeAll(async () => {
    orthanc = await startOrthanc();
    archive = outsideArchive({ url: orthanc.url });
  }, 60_000);
  afterAll(() => orthanc?.stop());

  test('lie in one series, numbered, the later naming the earlier; a repeat changes nothing', async () => {
    const input = exampleInput(exampleVolume(2), [[1]]);
    const [frame] = input.source.frames;
    if (!frame) throw new Error('the example has no frame');
    const { studyInstanceUID: study, seriesInstanceUID: series } = frame.instance;
    const store = async (key: string, at: string) => {
      const uids = segUids(key, 1, resultLineage({ key, series, task: 'ct-torso' }));
      const version = await versionAfter(archive, study, uids);
      const seg: SegInput = { ...input, uids, at: new Date(at), version };
      expect(await archive.store([writeSeg(seg)])).toMatchObject([{ stored: true }]);
      return uids;
    };
    const [early, late] = ['early', 'late'].map((name) => String(uidFromDigest(name)));
    if (!early || !late) throw new Error('no keys');
    const first = await store(early, '2026-01-01T00:00:00Z');
    const second = await store(late, '2026-01-02T00:00:00Z');
    await store(early, '2026-01-03T00:00:00Z');
    expect(second.seriesInstanceUID).toBe(first.seriesInstanceUID);

    const there = await archive.searchInstances(study, first.seriesInstanceUID);
    const numbers = there.map(({ sopInstanceUID, dataset }) => [sopInstanceUID, number(dataset, 'InstanceNumber')]);
    expect(new Map(numbers as [string, number][])).toEqual(
      new Map([
        [first.sopInstanceUID, 1],
        [second.sopInstanceUID, 2],
      ]),
    );
    const kept = parsePart10(await archive.retrieveInstance(study, second.seriesInstanceUID, second.sopInstanceUID));
    expect(JSON.stringify(kept.dataset)).toContain(`takes the place of instance ${first.sopInstanceUID}`);
    expect(kept.dataset['00080021']?.Value).toEqual(['20260101']);
  }, 60_000);
});
