import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StudyInstanceUID } from '@maskwright/dicom';
import { kafkaQueue } from '@maskwright/queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { studies } from '../faults/world/studies.ts';
import { openWorld, putStudy, type World } from '../faults/world/world.ts';
import { freePorts } from '../support/free-ports.ts';
import { type Maskwright, maskwright } from '../support/maskwright.ts';
import { describeWith, needs } from '../support/needs.ts';

const SERVICES = ['intake', 'segmenter', 'console'];

describeWith(
  { name: 'Orthanc and Kafka', there: needs.orthanc.there && needs.kafka.there },
  'readiness of three processes with a real PACS and a real broker',
  () => {
    let world: World;
    let first: number;
    const processes: Maskwright[] = [];

    beforeAll(async () => {
      world = await openWorld();
      first = await freePorts(SERVICES.length);
      for (const [index, name] of SERVICES.entries()) {
        const config = path.join(world.folder, `${name}.yaml`);
        await writeFile(
          config,
          stringify({
            home: name,
            models: world.models,
            archive: {
              kind: 'outside',
              url: `http://127.0.0.1:${world.archiveProxy.port}/dicom-web`,
              timeoutSeconds: 20,
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

    test('not from SIGTERM on, while there is a job in hand', async () => {
      const segmenter = processes[1];
      if (!segmenter) throw new Error('no segmenter');
      const [study] = studies(1);
      if (!study) throw new Error('no study');
      await putStudy(world, study);
      world.archiveProxy.set({ latencyMs: 700 });
      await aJobRuns(world, study.instance.studyInstanceUID);
      const ended = segmenter.kill('SIGTERM');
      await expect.poll(() => get(1, 'readyz'), { interval: 20 }).toMatchObject({ status: 503 });
      expect((await get(1, 'readyz')).text).toContain('draining');
      expect((await get(1, 'livez')).status).toBe(200);
      expect(await ended).toBe(0);
      // An attempt that fails meanwhile leaves the job for the next process; neither sets it aside.
      expect(segmenter.output().stderr).not.toContain('the job was set aside');
    }, 120_000);
  },
);

/** Resolves when the segmenter has a job of the study in hand. */
async function aJobRuns({ brokerProxy }: World, study: StudyInstanceUID): Promise<void> {
  const queue = kafkaQueue({ brokers: [`127.0.0.1:${brokerProxy.port}`], clientId: 'test', partitions: 2 });
  try {
    await queue.notices.publish([{ schema: 'maskwright.study-notice/1', study }]);
    for await (const { state } of queue.events.read(AbortSignal.timeout(60_000))) if (state.kind === 'running') return;
    throw new Error('no job was begun');
  } finally {
    await queue.close();
  }
}
