import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { outsideArchive } from '@maskwright/dicomweb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { studies } from '../faults/world/studies.ts';
import { writeTinyModels } from '../faults/world/tiny-models.ts';
import { type Maskwright, maskwright, run } from '../support/maskwright.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { storedSegs } from '../support/stored-segs.ts';

describeWith(needs.orthanc, 'a SEG that is deleted in the PACS while its study stays', () => {
  let orthanc: RealOrthanc;
  let folder: string;
  let service: Maskwright | undefined;
  beforeAll(async () => {
    orthanc = await startOrthanc();
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-deleted-'));
    await writeTinyModels(path.join(folder, 'models'));
  }, 60_000);
  afterAll(async () => {
    await service?.kill('SIGKILL');
    await orthanc?.stop();
  });

  async function start(remakeDeleted: boolean): Promise<string> {
    await service?.kill('SIGTERM');
    const file = path.join(folder, 'maskwright.yaml');
    await writeFile(
      file,
      stringify({
        home: 'home',
        models: 'models',
        archive: { kind: 'outside', url: orthanc.url },
        intake: { sweepSeconds: 0.5, quietSeconds: 0.3, remakeDeleted },
        segmenter: { threads: 1 },
        console: { port: 0 },
        telemetry: { logLevel: 'debug' },
      }),
    );
    service = maskwright(['up', '--config', file]);
    return file;
  }
  const count = (text: string) => (service?.output().stderr.split(text).length ?? 1) - 1;
  /** A sweep that began after this finds nothing to look at: all that the archive holds by now was seen. */
  async function sweptQuietly(): Promise<void> {
    const looks = () =>
      [...(service?.output().stderr ?? '').matchAll(/"looks":(\d+).*"msg":"sweep"/g)].map(([, count]) => count);
    const underWay = looks().length + 1;
    await expect.poll(() => looks().slice(underWay), { timeout: 30_000 }).toContain('0');
  }
  const segs = async () => [...(await storedSegs(orthanc.url)).values()].flat();
  const isOneSeg = (uid?: string) =>
    expect
      .poll(segs, { timeout: 60_000, interval: 200 })
      .toEqual([uid === undefined ? expect.stringMatching(/^2\.25\./) : uid]);
  /** As a person does it, in Orthanc's own page. */
  async function deleteSegs(): Promise<void> {
    const root = orthanc.url.replace('/dicom-web', '');
    const body = JSON.stringify({ Level: 'Series', Query: { Modality: 'SEG' } });
    const found = z.array(z.string()).parse(await (await fetch(`${root}/tools/find`, { method: 'POST', body })).json());
    expect(found).toHaveLength(1);
    for (const id of found) expect((await fetch(`${root}/series/${id}`, { method: 'DELETE' })).status).toBe(200);
  }

  test('stays away and is noted once; replay makes it again; so does remakeDeleted, once for each time', async () => {
    const file = await start(false);
    const [study] = studies(1);
    if (!study) throw new Error('no study');
    await outsideArchive({ url: orthanc.url }).store([study.file]);
    await isOneSeg();
    const [uid] = await segs();

    await deleteSegs();
    await service?.saw(/it stays away/);
    // A service that is started anew knows it from the log.
    await start(false);
    await sweptQuietly();
    expect([await segs(), count('stays away'), count('job done')]).toEqual([[], 0, 0]);
    const listed = await run(['replay', '--config', file]);
    expect(listed.stdout).toContain('deleted in the archive');

    expect((await run(['replay', '--deleted', '--config', file])).code).toBe(0);
    await isOneSeg(uid);
    await service?.saw(/job done/);
    expect((await run(['replay', '--config', file])).stdout).toBe('');

    await start(true);
    await service?.saw(/"msg":"console"/);
    for (const time of [1, 2]) {
      await deleteSegs();
      await isOneSeg(uid);
      await expect.poll(() => count('job done'), { timeout: 30_000 }).toBe(time);
      expect(count('it is made again')).toBe(time);
      // The sweep sees the new number of instances before the next deletion.
      await sweptQuietly();
    }
    expect(count('job done')).toBe(2);
  }, 180_000);
});
