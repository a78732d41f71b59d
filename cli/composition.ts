import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { type Config, type ServiceName, secret } from '@maskwright/config';
import { startConsole } from '@maskwright/console';
import { type Archive, outsideArchive, startEmbeddedArchive } from '@maskwright/dicomweb';
import { runIntake } from '@maskwright/intake';
import { type BundleShelf, loadBundles, openConventional, openVlsm } from '@maskwright/model';
import { embeddedQueue, type KafkaQueueOptions, kafkaQueue, type Queue } from '@maskwright/queue';
import { type Models, runSegmenter, Spool } from '@maskwright/segmenter';
import { startOperationsServer, startTelemetry, type Telemetry } from '@maskwright/telemetry';
import { places, version } from './places.ts';

/** The parts that services are put together from, opened by one configuration. */
export interface Composition {
  readonly config: Config;
  readonly archive: Archive;
  readonly archiveUrl: string;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundles: BundleShelf;
  readonly telemetry: Telemetry;
  readonly bundleDigest: (modelId: string) => string;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens archive, queue, catalogue and bundles. @throws MaskwrightError naming what cannot be opened */
export async function openComposition(
  config: Config,
  environment: Environment,
  logLevel = config.telemetry.logLevel,
): Promise<Composition> {
  await using opened = new AsyncDisposableStack();
  const catalogue = await loadCatalogue(config.catalogue ?? places.catalogue);
  const bundles = await loadBundles(config.models ?? places.models);
  const telemetry = startTelemetry({
    service: `maskwright-${config.services.join('+')}`,
    version,
    logLevel,
    otlpUrl: config.telemetry.otlpUrl,
  });
  opened.defer(() => telemetry.shutdown());
  for (const { id, reason } of bundles.refused) telemetry.log.error({ code: 'BUNDLE_INVALID', bundle: id }, reason);
  const queue = openQueue(config, environment, telemetry);
  opened.defer(() => queue.close());
  const { archiveUrl, close: closeArchive } = await openArchive(config, queue, telemetry);
  opened.defer(closeArchive);
  const archive = outsideArchive({
    url: archiveUrl,
    headers: () => {
      const traceparent = telemetry.traceparent();
      return traceparent ? { traceparent } : {};
    },
    ...outsideOptions(config, environment),
  });
  const kept = opened.move();
  return {
    config,
    archive,
    archiveUrl,
    queue,
    catalogue,
    bundles,
    telemetry,
    bundleDigest: (modelId) => bundles.get(modelId).digest,
    close: () => kept.disposeAsync(),
  };
}

/** Runs services until `signal` aborts; then each finishes the work in hand. */
export async function runServices(
  composition: Composition,
  services: readonly ServiceName[],
  signal: AbortSignal,
  onConsole: (url: string) => void = () => undefined,
): Promise<void> {
  const { config, telemetry } = composition;
  await using running = new AsyncDisposableStack();
  let ready = false;
  const { operationsPort } = config.telemetry;
  if (operationsPort !== undefined) {
    const server = await startOperationsServer({
      telemetry,
      port: operationsPort,
      host: config.telemetry.operationsHost,
      ready: () => ready && !signal.aborted,
    });
    running.defer(() => server.close());
  }
  const deps = { ...composition, now: () => new Date() };
  const runners: Record<ServiceName, () => Promise<void>> = {
    intake: () => runIntake(deps, config.intake, signal),
    segmenter: () => {
      const spool = new Spool(path.join(config.home, 'spool'));
      return runSegmenter({ ...deps, spool, modelsFor: modelLoader(composition) }, config.segmenter, signal);
    },
    console: async () => {
      const server = await startConsole(deps, config.console);
      onConsole(server.url);
      telemetry.log.info({ url: server.url }, 'console');
      await aborted(signal);
      await server.close();
    },
  };
  ready = true;
  await Promise.all(services.map((service) => runners[service]()));
}

function openQueue(config: Config, environment: Environment, telemetry: Telemetry): Queue {
  const { queue } = config;
  if (queue.kind === 'embedded') return embeddedQueue({ file: path.join(config.home, 'queue.sqlite') });
  return kafkaQueue({
    brokers: queue.brokers,
    clientId: `maskwright-${config.services.join('-')}`,
    topicPrefix: queue.topicPrefix,
    partitions: queue.partitions,
    log: (level, message, fields) => telemetry.log[level](fields, message),
    ...(queue.tls ? { ssl: true } : {}),
    ...(queue.sasl ? { sasl: saslOf(queue.sasl, environment) } : {}),
  });
}

function saslOf(
  sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly passwordFrom: string;
  },
  environment: Environment,
): NonNullable<KafkaQueueOptions['sasl']> {
  const account = { username: sasl.username, password: secret(sasl.passwordFrom, environment) };
  switch (sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain', ...account };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', ...account };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', ...account };
  }
}

/** The process that runs intake also serves the embedded archive; the others only talk to it. */
async function openArchive(config: Config, queue: Queue, telemetry: Telemetry) {
  const { archive } = config;
  if (archive.kind === 'outside') return { archiveUrl: archive.url, close: async () => undefined };
  if (!config.services.includes('intake')) {
    return { archiveUrl: `http://${archive.host}:${archive.port}/dicom-web`, close: async () => undefined };
  }
  const server = await startEmbeddedArchive({
    directory: path.join(config.home, 'archive'),
    port: archive.port,
    host: archive.host,
  });
  server.onStored((study) => {
    queue.notices
      .publish([{ schema: 'maskwright.study-notice/1', study }])
      .catch((error: unknown) =>
        telemetry.log.warn({ study }, `notice not published, the sweep will find it: ${String(error)}`),
      );
  });
  return { archiveUrl: server.url, close: () => server.close() };
}

/** How the configured archive is spoken to. */
export function outsideOptions(config: Config, environment: Environment) {
  const { archive } = config;
  if (archive.kind === 'embedded') return {};
  const timeout = { timeoutMs: archive.timeoutSeconds * 1000 };
  const { auth } = archive;
  if (!auth) return timeout;
  return auth.kind === 'basic'
    ? {
        ...timeout,
        auth: { kind: auth.kind, username: auth.username, password: secret(auth.passwordFrom, environment) },
      }
    : { ...timeout, auth: { kind: auth.kind, token: secret(auth.tokenFrom, environment) } };
}

/** Loads each pair of models once, when the first job needs it. */
export function modelLoader({ bundles, config, telemetry }: Pick<Composition, 'bundles' | 'config' | 'telemetry'>) {
  const loaded = new Map<string, Promise<Models>>();
  const { executionProviders, threads } = config.segmenter;
  const runtime = {
    executionProviders,
    onFallback: (reason: string) => telemetry.log.warn(reason),
    ...(threads === undefined ? {} : { threads }),
  };
  const open = async (vlsmId: string, conventionalId: string): Promise<Models> => {
    const conventional = await openConventional(bundles.get(conventionalId), runtime);
    return { vlsm: await openVlsm(bundles.get(vlsmId), runtime), conventional };
  };
  return ({
    models: { vlsm, conventional },
  }: {
    readonly models: { readonly vlsm: string; readonly conventional: string };
  }) => {
    const id = `${vlsm} ${conventional}`;
    const before = loaded.get(id);
    if (before) return before;
    const models = open(vlsm, conventional);
    loaded.set(id, models);
    models.catch(() => loaded.delete(id));
    return models;
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
