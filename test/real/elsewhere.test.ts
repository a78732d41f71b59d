import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { outsideArchive } from '@maskwright/dicomweb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { studies } from '../faults/world/studies.ts';
import { writeTinyModels } from '../faults/world/tiny-models.ts';
import { type GuardedArchive, guardArchive, makeCertificate } from '../support/guarded-archive.ts';
import { type Maskwright, maskwright } from '../support/maskwright.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { storedSegs } from '../support/stored-segs.ts';

const secrets = { SOURCE_PASSWORD: 'images-secret', TARGET_SECRET: 'results-secret' };

describeWith(
  needs.orthanc,
  'images from one archive (mutual TLS, basic), results into another (mutual TLS, OAuth 2.0)',
  () => {
    let folder: string;
    let images: RealOrthanc;
    let results: RealOrthanc;
    let source: GuardedArchive;
    let target: GuardedArchive;
    let service: Maskwright | undefined;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-elsewhere-'));
      makeCertificate(folder, 'ca', 'server');
      makeCertificate(folder, 'ca', 'client');
      makeCertificate(folder, 'other-ca', 'stranger');
      await writeTinyModels(path.join(folder, 'models'));
      [images, results] = await Promise.all([startOrthanc(), startOrthanc()]);
      source = await guardArchive(images.url, folder, {
        kind: 'basic',
        username: 'maskwright',
        password: secrets.SOURCE_PASSWORD,
      });
      target = await guardArchive(results.url, folder, {
        kind: 'oauth2',
        clientId: 'maskwright',
        clientSecret: secrets.TARGET_SECRET,
      });
    }, 120_000);
    afterAll(async () => {
      await service?.kill('SIGKILL');
      await Promise.all([source?.close(), target?.close(), images?.stop(), results?.stop()]);
    }, 60_000);

    async function start(certificate: string): Promise<Maskwright> {
      const tls = { caFile: 'ca.crt', certFile: `${certificate}.crt`, keyFile: `${certificate}.key` };
      const config = path.join(folder, `${certificate}.yaml`);
      await writeFile(
        config,
        stringify({
          home: 'home',
          models: 'models',
          archive: {
            kind: 'outside',
            url: source.url,
            auth: { kind: 'basic', username: 'maskwright', passwordFrom: 'SOURCE_PASSWORD' },
            tls: { ...tls, certFile: 'client.crt', keyFile: 'client.key' },
            timeoutSeconds: 10,
            target: {
              url: target.url,
              auth: {
                kind: 'oauth2',
                tokenUrl: target.tokenUrl,
                clientId: 'maskwright',
                clientSecretFrom: 'TARGET_SECRET',
              },
              tls,
              timeoutSeconds: 10,
            },
          },
          intake: { sweepSeconds: 0.5, quietSeconds: 0.2 },
          segmenter: { threads: 1 },
          console: { port: 0 },
        }),
      );
      service = maskwright(['up', '--config', config], secrets);
      return service;
    }
    const cases = studies(3);
    /** Puts a study among the images, past the guard. */
    const put = async (index: number) => {
      const study = cases[index];
      if (!study) throw new Error('no such study');
      await outsideArchive({ url: images.url }).store([study.file]);
    };
    const count = async (url: string) => [...(await storedSegs(url)).values()].flat().length;
    const stored = (expected: number) =>
      expect.poll(() => count(results.url), { timeout: 60_000, interval: 200 }).toBe(expected);

    test('the SEG lands in the target alone, under a token that was fetched', async () => {
      await put(0);
      await start('client');
      await stored(1);
      expect(await count(images.url)).toBe(0);
      expect(target.tokens()).toBe(1);
      expect(source.refusals()).toEqual({ accounts: 0, certificates: 0 });
    }, 120_000);

    test('a token that the target refuses is renewed, and the job goes on', async () => {
      target.revoke();
      await put(1);
      await stored(2);
      expect(target.refusals().accounts).toBeGreaterThan(0);
      expect(target.tokens()).toBe(2);
    }, 120_000);

    test('while the target does not accept our certificate the job waits, by name; then it is done', async () => {
      target.trust('other-ca');
      await put(2);
      await service?.saw(/"code":"ARCHIVE_DENIED".*the job is tried again: ARCHIVE_DENIED: .*our certificate/);
      expect(await count(results.url)).toBe(2);

      // A new process with the same faulty certificate says so, and ends; the job is kept.
      await service?.kill('SIGTERM');
      const stranded = await start('client');
      expect(await stranded.ended).toBe(1);
      expect(stranded.output().stderr).toMatch(/ARCHIVE_DENIED: .*our certificate/);

      target.trust('ca');
      const stranger = await start('stranger');
      expect(await stranger.ended).toBe(1);
      expect(stranger.output().stderr).toMatch(/ARCHIVE_DENIED: .*our certificate/);
      expect(await count(results.url)).toBe(2);

      const last = await start('client');
      await stored(3);
      await last.saw(/job done/);
      for (const secret of Object.values(secrets)) expect(last.output().stderr).not.toContain(secret);
    }, 240_000);
  },
);
