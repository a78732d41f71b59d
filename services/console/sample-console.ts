/** The console on this machine over made-up events, for tests. */
import type { Catalogue } from '@maskwright/catalogue';
import type { Archive } from '@maskwright/dicomweb';
import type { JobEvent } from '@maskwright/queue';
import { startTelemetry, type Telemetry } from '@maskwright/telemetry';
import type { ConsoleDeps } from './deps.ts';
import {
  archiveOf,
  catalogueOfRepository,
  event,
  image,
  MemoryQueue,
  radiographFile,
  segFile,
  summary,
} from './sample.ts';
import { startConsole } from './server.ts';

export interface SampleConsole {
  readonly url: string;
  readonly deps: ConsoleDeps;
  readonly queue: MemoryQueue;
  readonly catalogue: Catalogue;
  readonly telemetry: Telemetry;
  /** Lines that were logged. */
  readonly log: readonly string[];
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON, or what other headers say. */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

export async function startSampleConsole(archive: Archive, events: readonly JobEvent[]): Promise<SampleConsole> {
  const catalogue = await catalogueOfRepository();
  const log: string[] = [];
  const telemetry = startTelemetry({
    service: 'test',
    version: '0',
    logLevel: 'debug',
    logDestination: { write: (line) => void log.push(line) },
  });
  const queue = new MemoryQueue(events);
  const deps = { archive, queue, catalogue, bundleDigest: () => 'digest', telemetry, now: () => new Date() };
  const { url, close } = await startConsole(deps, { host: '127.0.0.1', port: 0 });
  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  return {
    url,
    deps,
    queue,
    catalogue,
    telemetry,
    log,
    get,
    post: (path, body, headers = {}) =>
      get(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    async close() {
      await close();
      await telemetry.shutdown();
    },
  };
}

export const stored = event(1, { kind: 'running' }, 0).key;
export const failed = event(2, { kind: 'running' }, 0).key;
export const waiting = event(3, { kind: 'running' }, 0).key;

/** A console with a result that is stored, one that failed, and one that waits. */
export async function startWithThreeResults(): Promise<SampleConsole> {
  const { uid, bytes } = segFile(await catalogueOfRepository(), stored);
  const files = new Map([
    [image, radiographFile()],
    [uid, bytes],
  ]);
  return startSampleConsole(archiveOf(files), [
    event(1, { kind: 'stored', sopInstanceUIDs: [uid], result: summary }, 3),
    event(2, { kind: 'failed', code: 'PIXELS_CORRUPT', reason: 'frame 1 ends early' }, 4),
    event(3, { kind: 'queued', lane: 'routine' }, 5),
  ]);
}
