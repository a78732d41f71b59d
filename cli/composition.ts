import path from 'node:path';
import { whyUnused } from '@maskwright/assess';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import type { Config, ServiceName } from '@maskwright/config';
import { startConsole } from '@maskwright/console';
import { type Availability, allOpen, type OutsideArchive, outsideArchive } from '@maskwright/dicomweb';
import { runIntake } from '@maskwright/intake';
import { type BundleShelf, openConventional, openVlsm } from '@maskwright/model';
import type { Queue } from '@maskwright/queue';
import { type Models, runSegmenter, Spool } from '@maskwright/segmenter';
import { startOperationsServer, startTelemetry, type Telemetry, watchReadiness } from '@maskwright/telemetry';
import { aborted, together, type Work } from '@maskwright/time';
import { loadConfiguredBundles } from './configured-bundles.ts';
import { failPoint } from './fail-point.ts';
import { intakeOptions } from './intake-options.ts';
import { openArchive, outsideOf, traceHeaders } from './open-archive.ts';
import { openQueue } from './open-queue.ts';
import { places, version } from './places.ts';
import { readinessChecks } from './readiness.ts';

/** The parts that services are put together from, opened by one configuration. */
export interface Composition {
  readonly config: Config;
  readonly archive: OutsideArchive;
  readonly archiveUrl: string;
  /** Where results go: the archive, or another one. */
  readonly target: OutsideArchive;
  /** Closed while the archive or the target does not answer. */
  readonly gate: Availability;
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
  const bundles = await loadConfiguredBundles(config);
  const telemetry = startTelemetry({
    service: `maskwright-${config.services.join('+')}`,
    version,
    logLevel,
    otlpUrl: config.telemetry.otlpUrl,
  });
  opened.defer(() => telemetry.shutdown());
  for (const { id, code, reason } of bundles.refused) telemetry.log.error({ code, bundle: id }, reason);
  const queue = openQueue(config, environment, (level, message, fields) => telemetry.log[level](fields, message));
  opened.defer(() => queue.close());
  const { archive, archiveUrl, close: closeArchive } = await openArchive(config, queue, telemetry, environment);
  opened.defer(closeArchive);
  const elsewhere = config.archive.kind === 'outside' ? config.archive.target : undefined;
  const target = elsewhere
    ? outsideArchive({
        ...outsideOf(elsewhere, environment),
        url: elsewhere.url,
        headers: traceHeaders(telemetry),
      })
    : archive;
  const kept = opened.move();
  return {
    config,
    archive,
    archiveUrl,
    target,
    gate: allOpen([archive.availability, target.availability]),
    queue,
    catalogue,
    bundles,
    telemetry,
    bundleDigest: (modelId) => bundles.get(modelId).digest,
    close: () => kept.disposeAsync(),
  };
}

/**
 * Runs services until `signal` aborts; then each finishes the work in hand. Where one fails the others are ended likewise,
 * and its error is thrown: whoever supervises the process starts it again.
 */
export async function runServices(
  composition: Composition,
  services: readonly ServiceName[],
  signal: AbortSignal,
  onConsole: (url: string) => void = () => undefined,
): Promise<void> {
  const { config, telemetry } = composition;
  const modelsFor = modelLoader(composition);
  const draining = new AbortController();
  await using _probes = await serveProbes(composition, services, modelsFor, draining);
  const deps = { ...composition, now: () => new Date() };
  const runners: Record<ServiceName, Work> = {
    intake: (stop) => runIntake(deps, intakeOptions(config, process.env), stop),
    segmenter: (stop) => {
      const spool = new Spool(path.join(config.home, 'spool'));
      const reached = failPoint(process.env, config.home);
      const { results, sites } = config;
      return runSegmenter({ ...deps, results, sites, spool, reached, modelsFor }, config.segmenter, stop);
    },
    console: async (stop) => {
      const server = await startConsole(deps, config.console);
      onConsole(server.url);
      telemetry.log.info({ url: server.url }, 'console');
      await aborted(stop);
      await server.close();
    },
  };
  // Ends at once: it must not hold up services that end by themselves.
  const drain: Work = async (stop) => void aborted(stop).then(() => draining.abort());
  await together([drain, ...services.map((service) => runners[service])], signal);
}

/**
 * Serves metrics and probes where they are wanted, and loads the models early where they will be needed.
 * @param draining aborted when the process is asked to end, and at the latest when the probes are disposed of
 */
async function serveProbes(
  { archive, target, queue, catalogue: { tasks }, bundles, telemetry, config }: Composition,
  services: readonly ServiceName[],
  modelsFor: ReturnType<typeof modelLoader>,
  draining: AbortController,
): Promise<AsyncDisposable> {
  const { operationsPort: port, operationsHost: host } = config.telemetry;
  await using opened = new AsyncDisposableStack();
  if (port === undefined) return opened.move();
  opened.defer(() => draining.abort());
  const writes = config.queue.kind === 'embedded' || services.some((service) => service !== 'console');
  const readiness = watchReadiness(
    readinessChecks({
      archive,
      target,
      queue,
      tasks,
      bundles,
      home: writes ? config.home : undefined,
      load: services.includes('segmenter') ? modelsFor : undefined,
    }),
    {
      signal: draining.signal,
      onChange: (reasons) =>
        reasons.length > 0 ? telemetry.log.warn({ reasons }, 'not ready') : telemetry.log.info('ready'),
    },
  );
  const server = await startOperationsServer({ telemetry, port, host, unready: readiness.reasons });
  opened.defer(() => server.close());
  return opened.move();
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
    const [vlsm, partner] = [bundles.get(vlsmId), bundles.get(conventionalId)];
    const why = whyUnused(vlsm, partner);
    if (why) telemetry.log.warn({ bundle: vlsmId }, `its calibration is not used: ${why}`);
    await using opened = new AsyncDisposableStack();
    const conventional = await openConventional(partner, runtime);
    // A readiness check tries again and again: what was opened for nothing would fill the memory.
    opened.defer(() => conventional.dispose());
    const models = { vlsm: await openVlsm(vlsm, runtime), conventional };
    opened.move();
    return models;
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
