import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { outsideArchive } from '@maskwright/dicomweb';
import { kafkaQueue, type Queue } from '@maskwright/queue';
import { stringify } from 'yaml';
import { freePorts } from '../../support/free-ports.ts';
import { type BreakableKafka, startBreakableKafka } from './kafka.ts';
import { type BreakableOrthanc, startBreakableOrthanc } from './orthanc.ts';
import { startProxy, type WeatherProxy } from './proxy.ts';
import { type Service, startService } from './service.ts';
import type { Study } from './studies.ts';
import { writeTinyModels } from './tiny-models.ts';

/** A PACS and a broker, each behind a proxy that the services talk through. They outlive the single faults. */
export interface World {
  readonly folder: string;
  readonly orthanc: BreakableOrthanc;
  readonly kafka: BreakableKafka;
  readonly archiveProxy: WeatherProxy;
  readonly brokerProxy: WeatherProxy;
  /** Root of the PACS itself, past the proxy. */
  readonly archiveUrl: string;
  readonly models: string;
  close(): Promise<void>;
}

/** One run of the services, with queue topics and state of its own. */
export interface Run {
  readonly world: World;
  readonly home: string;
  readonly topicPrefix: string;
  readonly queue: Queue;
  readonly intake: Service;
  readonly segmenter: Service;
  /** Another segmenter beside the first, with a home of its own for each name; it ends with the run, if not before. */
  anotherSegmenter(name?: string): Promise<Service>;
  /** Puts the clock of a service off by so much, at once. */
  setClock(service: 'intake' | 'segmenter', offsetMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-faults-'));
  const port = await freePorts(8);
  const [orthanc, kafka] = await Promise.all([
    startBreakableOrthanc(port, path.join(folder, 'orthanc')),
    startBreakableKafka(port + 2, port + 5, path.join(folder, 'kafka')),
  ]);
  const archiveProxy = await startProxy(port + 1, () => port);
  const brokerProxy = await startProxy(port + 5, () => port + 2);
  const models = path.join(folder, 'models');
  await writeTinyModels(models);
  return {
    folder,
    orthanc,
    kafka,
    archiveProxy,
    brokerProxy,
    archiveUrl: `http://127.0.0.1:${port}/dicom-web`,
    models,
    async close() {
      await Promise.all([orthanc.stop(), kafka.stop(), archiveProxy.close(), brokerProxy.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Over the default configuration of the intake. */
  readonly intake?: Readonly<Record<string, number>>;
}

export async function startRun(
  world: World,
  name: string,
  { environment = {}, intake = {} }: RunOptions = {},
): Promise<Run> {
  const home = path.join(world.folder, `run-${name}`);
  await mkdir(home, { recursive: true });
  const topicPrefix = `faults-${randomUUID()}`;
  const brokers = [`127.0.0.1:${world.brokerProxy.port}`];
  const base = {
    models: world.models,
    // Answers that do not come are given up early, so that a run need not take minutes.
    archive: { kind: 'outside', url: `http://127.0.0.1:${world.archiveProxy.port}/dicom-web`, timeoutSeconds: 5 },
    queue: { kind: 'kafka', brokers, topicPrefix, partitions: 3 },
    intake: { sweepSeconds: 3, quietSeconds: 0.2, ...intake },
    segmenter: { threads: 1 },
    telemetry: { logLevel: 'info' },
  };
  const others: Service[] = [];
  const service = async (kind: 'intake' | 'segmenter', as: string, given: Readonly<Record<string, string>>) => {
    const config = path.join(home, `${as}.yaml`);
    await writeFile(config, stringify({ ...base, home: path.join(home, as) }));
    return startService({ kind, name: as, config, log: path.join(home, `${as}.log`), environment: given });
  };
  const withClock = (kind: 'intake' | 'segmenter') =>
    service(kind, kind, { ...environment, CLOCK_FILE: path.join(home, `${kind}.clock`) });
  const intakeService = await withClock('intake');
  const segmenter = await withClock('segmenter');
  const queue = kafkaQueue({ brokers, clientId: 'test', topicPrefix, partitions: 3 });
  return {
    world,
    home,
    topicPrefix,
    queue,
    intake: intakeService,
    segmenter,
    async anotherSegmenter(as = 'second') {
      const other = await service('segmenter', as, {});
      others.push(other);
      return other;
    },
    setClock: (kind, offsetMs) => writeFile(path.join(home, `${kind}.clock`), String(offsetMs)),
    async close() {
      await Promise.all([intakeService, segmenter, ...others].map((one) => one.stop()));
      await queue.close();
    },
  };
}

/** Puts a study into the PACS itself; no proxy, no notice. */
export async function putStudy(world: World, { file }: Study): Promise<void> {
  const [outcome] = await outsideArchive({ url: world.archiveUrl, timeoutMs: 5_000 }).store([file]);
  if (!outcome?.stored) throw new Error('the PACS did not take a study of the test');
}
