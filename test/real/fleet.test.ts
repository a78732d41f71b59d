import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parsePart10, parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { outsideArchive, wholeInstances } from '@maskwright/dicomweb';
import { assembleSource } from '@maskwright/image';
import { type JobEvent, kafkaQueue, type Queue } from '@maskwright/queue';
import { resultLineage, segUids } from '@maskwright/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type KafkaBroker, startKafka } from '../support/kafka.ts';
import { type Maskwright, maskwright, run } from '../support/maskwright.ts';
import { describeWith, needs, repositoryRoot } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { judgeSeg } from '../support/seg-check.ts';
import { segMasks } from '../support/seg-masks.ts';
import { storedSegs } from '../support/stored-segs.ts';
import { summaryOf } from '../support/summary.ts';

const phantoms = path.join(repositoryRoot, 'fixtures/phantoms');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanSchema = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(z.object({ spans: z.array(z.object({ traceId: z.string(), name: z.string() })) })),
    }),
  ),
});

/** An OTLP/HTTP collector that keeps what it is sent. */
function collector(): { server: Server; bodies: string[]; listen: () => Promise<string> } {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.end('{}');
    });
  });
  const listen = async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1/traces`;
  };
  return { server, bodies, listen };
}

describeWith(
  { name: 'Orthanc, Kafka and the judges', there: needs.orthanc.there && needs.kafka.there && needs.judge.there },
  'three processes with a real Orthanc and a real Kafka broker',
  () => {
    let orthanc: RealOrthanc;
    let kafka: KafkaBroker;
    let queue: Queue;
    let services: Maskwright[];
    const traces = collector();
    const files: Uint8Array[] = [];

    beforeAll(async () => {
      [orthanc, kafka] = await Promise.all([startOrthanc(), startKafka()]);
      for (const name of await readdir(phantoms, { recursive: true })) {
        if (name.endsWith('.dcm')) files.push(await readFile(path.join(phantoms, name)));
      }
      const home = await mkdtemp(path.join(os.tmpdir(), 'maskwright-fleet-'));
      const config = path.join(home, 'maskwright.yaml');
      await writeFile(
        config,
        stringify({
          home: 'state',
          archive: { kind: 'outside', url: orthanc.url },
          queue: { kind: 'kafka', brokers: kafka.brokers, partitions: 2 },
          intake: { sweepSeconds: 3600, quietSeconds: 0.2 },
          console: { port: 0 },
          telemetry: { otlpUrl: await traces.listen() },
        }),
      );
      queue = kafkaQueue({ brokers: kafka.brokers, clientId: 'test', partitions: 2 });
      await outsideArchive({ url: orthanc.url }).store(files);
      services = ['intake', 'segmenter', 'console'].map((name) =>
        maskwright(['up', '--config', config, '--service', name]),
      );
    }, 120_000);
    afterAll(async () => {
      await Promise.all(services.map((service) => service.kill('SIGTERM')));
      await queue.close();
      traces.server.close();
      await Promise.all([orthanc.stop(), kafka.stop()]);
    }, 60_000);

    test('give the SOPInstanceUIDs of the demo, in one trace from the notice to the stored SEG, without patient data', async () => {
      const studies = new Set(files.map((file) => parsePart10(file).studyInstanceUID));
      const stop = new AbortController();
      const ends = endsOf(queue, studies.size, stop);
      await queue.notices.publish(
        [...studies].map((study) => ({
          schema: 'maskwright.study-notice/1' as const,
          study: parseUid<StudyInstanceUID>(study, 'StudyInstanceUID'),
          traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
        })),
      );
      const events = await ends;
      expect(events.map(({ state }) => state.kind)).toEqual(Array(studies.size).fill('stored'));

      const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-fleet-demo-'));
      const demo = await run(['demo', '--once', '--home', path.join(out, 'home'), '--out', out, '--port', '0']);
      expect(demo.code, demo.stderr).toBe(0);
      const wanted = (await summaryOf(out)).flatMap(({ sopInstanceUIDs }) => sopInstanceUIDs).sort();
      expect([...(await storedSegs(orthanc.url)).values()].flat().sort()).toEqual(wanted);

      for (const event of events) await judgeStored(orthanc.url, event, out);

      // SIGTERM makes each service finish its work and send the spans that it still holds.
      expect(await Promise.all(services.map((service) => service.kill('SIGTERM')))).toEqual([0, 0, 0]);
      const spans = traces.bodies.flatMap((body) =>
        spanSchema
          .parse(JSON.parse(body))
          .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
      );
      const names = new Set(spans.filter(({ traceId }) => traceId === TRACE).map(({ name }) => name));
      expect([...names]).toEqual(
        expect.arrayContaining(['intake', 'segmenter job', 'fetch', 'infer', 'encode', 'deliver']),
      );

      const said = [...traces.bodies, ...services.map((service) => service.output().stderr)].join('\n');
      expect(said).not.toMatch(/PHANTOM/i);
    }, 400_000);
  },
);

/** What Orthanc gives back is valid for tools that are not ours and holds, bit for bit, the masks of the demo's SEG. */
async function judgeStored(url: string, { key, study, series, task, state }: JobEvent, demo: string): Promise<void> {
  if (state.kind !== 'stored') return;
  const archive = outsideArchive({ url });
  const source = assembleSource(await Array.fromAsync(wholeInstances(archive.retrieveFiles(study, series))));
  for (const sopInstanceUID of state.sopInstanceUIDs) {
    const stored = await archive.retrieveInstance(
      study,
      segUids(key, 0, resultLineage({ key, series, task })).seriesInstanceUID,
      sopInstanceUID,
    );
    const masks = segMasks(await readFile(path.join(demo, `${sopInstanceUID}.dcm`)), source);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-fleet-source-'));
    const uids = source.frames.map(({ instance }) => instance.sopInstanceUID);
    for (const uid of uids)
      await writeFile(path.join(folder, `${uid}.dcm`), await archive.retrieveInstance(study, series, uid));
    const { passed, output } = await judgeSeg(stored, [folder], masks);
    expect(passed, output).toBe(true);
  }
}

/** The terminal events of so many jobs. */
async function endsOf(queue: Queue, count: number, stop: AbortController): Promise<JobEvent[]> {
  const ends = new Map<string, JobEvent>();
  for await (const event of queue.events.read(stop.signal)) {
    if (event.state.kind === 'queued' || event.state.kind === 'running') continue;
    ends.set(event.key, event);
    if (ends.size === count) break;
  }
  return [...ends.values()];
}
