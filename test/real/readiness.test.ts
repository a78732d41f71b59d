import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StudyInstanceUID } from '@maskwright/dicom';
import { kafkaQueue, type Queue } from '@maskwright/queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startProxy, type WeatherProxy } from '../faults/world/proxy.ts';
import { studies } from '../faults/world/studies.ts';
import { openWorld, putStudy, type World } from '../faults/world/world.ts';
import { freePorts } from '../support/free-ports.ts';
import { type Maskwright, maskwright } from '../support/maskwright.ts';
import { describeWith, needs } from '../support/needs.ts';

const SERVICES = ['intake', 'segmenter', 'console'];
const ENDS = ['stored', 'needs-person'];

describeWith(
  { name: 'Orthanc and Kafka', there: needs.orthanc.there && needs.kafka.there },
  'readiness of three processes with a real PACS and a real broker',
  () => {
    let world: World;
    let first: number;
    /** Between the segmenter alone and the PACS. */
    let images: WeatherProxy;
    const processes: Maskwright[] = [];

    beforeAll(async () => {
      world = await openWorld();
      first = await freePorts(SERVICES.length + 1);
      images = await startProxy(first + SERVICES.length, () => world.archiveProxy.port);
      for (const [index, name] of SERVICES.entries()) {
        const config = path.join(world.folder, `${name}.yaml`);
        await writeFile(
          config,
          stringify({
            home: name,
            models: world.models,
            archive: {
              kind: 'outside',
              url: `http://127.0.0.1:${(name === 'segmenter' ? images : world.archiveProxy).port}/dicom-web`,
              // Longer than a job is held back below.
              timeoutSeconds: 90,
            },
            queue: { kind: 'kafka', brokers: [`127.0.0.1:${world.brokerProxy.port}`], partitions: 2 },
            intake: { sweepSeconds: 2, quietSeconds: 0.2 },
            segmenter: { threads: 1 },
            console: { port: 0 },
            telemetry: { operationsPort: first + index },
          }),
        );
        processes.push(maskwright(['up', '--config', config, '--service', name]));
      }
    }, 120_000);
    afterAll(async () => {
      await Promise.all(processes.map((one) => one.kill('SIGKILL')));
      await images?.close();
      await world?.close();
    }, 60_000);

    const get = async (index: number, page: string) => {
      const answer = await fetch(`http://127.0.0.1:${first + index}/${page}`);
      return { status: answer.status, text: await answer.text() };
    };
    /** Each process says so, and none asks to be killed meanwhile. */
    const allSay = async (status: number, reason: RegExp) => {
      for (const [index, name] of SERVICES.entries()) {
        await expect
          .poll(() => get(index, 'readyz').catch(() => ({ status: 0, text: '' })), {
            timeout: 90_000,
            interval: 200,
            message: name,
          })
          .toEqual({ status, text: expect.stringMatching(reason) });
        expect((await get(index, 'livez')).status).toBe(200);
      }
    };

    test('ready when all is there', () => allSay(200, /^ready\n$/), 120_000);

    test('not while the broker is away', async () => {
      world.brokerProxy.set({ refuse: true });
      world.brokerProxy.cutAll();
      await allSay(503, /^not ready\nqueue: (QUEUE_UNREACHABLE|no answer)/);
      world.brokerProxy.set({});
      await allSay(200, /^ready\n$/);
    }, 300_000);

    test('not while the PACS is away', async () => {
      world.archiveProxy.set({ refuse: true });
      world.archiveProxy.cutAll();
      await allSay(503, /^not ready\narchive: ARCHIVE_UNREACHABLE/);
      world.archiveProxy.set({});
      await allSay(200, /^ready\n$/);
    }, 300_000);

    test('not from SIGTERM on, while the job in hand is finished', async () => {
      const segmenter = processes[1];
      if (!segmenter) throw new Error('no segmenter');
      const [study] = studies(1);
      if (!study) throw new Error('no study');
      const { studyInstanceUID } = study.instance;
      // The job waits for its images until they are let through: it cannot end before it is looked at.
      images.set({ halfOpen: true });
      await putStudy(world, study);
      await aJobRuns(world, studyInstanceUID);
      const ended = segmenter.kill('SIGTERM');
      await expect.poll(() => get(1, 'readyz'), { interval: 20, timeout: 20_000 }).toMatchObject({ status: 503 });
      expect((await get(1, 'readyz')).text).toContain('draining');
      expect((await get(1, 'livez')).status).toBe(200);
      expect(segmenter.output().stderr).not.toContain('job done');
      images.set({});
      expect(await ended).toBe(0);
      expect(segmenter.output().stderr).toContain('job done');
      expect(ENDS).toContain(await newestState(world, studyInstanceUID));
    }, 120_000);
  },
);

/** Resolves when the segmenter has a job of the study in hand. */
async function aJobRuns(world: World, study: StudyInstanceUID): Promise<void> {
  await using queue = openQueue(world);
  await queue.notices.publish([{ schema: 'maskwright.study-notice/1', study }]);
  for await (const event of queue.events.read(AbortSignal.timeout(60_000)))
    if (event.study === study && event.state.kind === 'running') return;
  throw new Error('no job was begun');
}

/** What the log says last of the study. */
async function newestState(world: World, study: StudyInstanceUID): Promise<string | undefined> {
  await using queue = openQueue(world);
  const events = await Array.fromAsync(queue.events.read(AbortSignal.timeout(60_000), { upToNow: true }));
  return events.findLast((event) => event.study === study)?.state.kind;
}

function openQueue({ brokerProxy }: World): Queue & AsyncDisposable {
  const queue = kafkaQueue({ brokers: [`127.0.0.1:${brokerProxy.port}`], clientId: 'test', partitions: 2 });
  return { ...queue, [Symbol.asyncDispose]: () => queue.close() };
}
