import { whyUnused } from '@maskwright/assess';
import { type Catalogue, loadCatalogue, type Task } from '@maskwright/catalogue';
import { type Config, parseConfig, readConfig } from '@maskwright/config';
import { describeError } from '@maskwright/errors';
import type { BundleShelf } from '@maskwright/model';
import { checkCollector, startTelemetry } from '@maskwright/telemetry';
import { modelLoader } from './composition.ts';
import { loadConfiguredBundles } from './configured-bundles.ts';
import { type OpenArchive, openOutside } from './open-archive.ts';
import { openQueue } from './open-queue.ts';
import { places, version } from './places.ts';
import { unfitTasks } from './readiness.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** Checks what a deployment needs, one line each, whatever is wrong with the others; exit code 1 where something is wrong. */
export async function doctor(options: { readonly config?: string }, io: Terminal): Promise<ExitCode> {
  let wrong = 0;
  const tellWrong = (what: string) => {
    wrong++;
    io.stdout(`WRONG  ${what}`);
  };
  const check = async <T>(what: string, look: () => Promise<readonly [T, string]>): Promise<T | undefined> => {
    try {
      const [value, found] = await look();
      io.stdout(`ok     ${what}: ${found}`);
      return value;
    } catch (error) {
      tellWrong(`${what}: ${describeError(error)}`);
      return undefined;
    }
  };

  io.stdout(`Maskwright ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`);
  const config = await check('configuration', async () => {
    const read = options.config ? await readConfig(options.config) : parseConfig({}, 'defaults');
    return [read, options.config ?? 'defaults'];
  });
  if (!config) return 1;
  const catalogue = await check('catalogue', async () => {
    const loaded = await loadCatalogue(config.catalogue ?? places.catalogue);
    return [loaded, loaded.tasks.map(({ id }) => id).join(', ')];
  });
  const shelf = await check('models', async () => {
    const bundles = await loadConfiguredBundles(config);
    for (const { id, reason } of bundles.refused) tellWrong(`model ${id}: ${reason}`);
    return [bundles, bundles.all.map(({ id, version: v, kind }) => `${id} ${v} (${kind})`).join(', ')];
  });
  if (catalogue && shelf) {
    for (const unfit of unfitTasks(catalogue.tasks, shelf)) tellWrong(unfit);
    for (const unused of unusedCalibrations(catalogue, shelf)) tellWrong(unused);
    for (const guess of guesses(catalogue, shelf)) io.stdout(`guess  ${guess}`);
    // Models beside those of a running service need its memory once more: only where they are meant to be opened.
    if (config.services.includes('segmenter')) await checkInference(config, catalogue, shelf, check);
  }
  await checkQueue(config, check);
  await checkArchives(config, check);
  await checkTraces(config, check);
  return wrong > 0 ? 1 : 0;
}

/** Of a task the models that are there. */
function modelsOf({ models }: Task, shelf: BundleShelf) {
  const bundles = new Map(shelf.all.map((bundle) => [bundle.id, bundle]));
  return { vlsm: bundles.get(models.vlsm), conventional: bundles.get(models.conventional) };
}

/** Without the Dice that is foretold, fewer results are left to a person than the calibration's figures say. */
function unusedCalibrations({ tasks }: Catalogue, shelf: BundleShelf): Set<string> {
  const lines = tasks.flatMap((task) => {
    const { vlsm, conventional } = modelsOf(task, shelf);
    const why = vlsm && conventional && whyUnused(vlsm, conventional);
    return why ? [`calibration of ${vlsm.id}: ${why}, and is not used. Run maskwright calibrate`] : [];
  });
  return new Set(lines);
}

/** Structures that a task asks for and its VLSM has not learned: mostly it draws the image's own structure under their name. */
function guesses({ tasks }: Catalogue, shelf: BundleShelf): string[] {
  return tasks.flatMap((task) => {
    const { id, family, targets } = task;
    const { vlsm } = modelsOf(task, shelf);
    if (!vlsm) return [];
    const learned = `of ${family} images ${vlsm.id} has learned ${vlsm.classesOf(family).join(', ')}`;
    return targets.flatMap(({ name }) =>
      vlsm.answersFor(family, name) ? [] : [`task ${id}: ${learned}, not ${name}`],
    );
  });
}

type Check = <T>(what: string, look: () => Promise<readonly [T, string]>) => Promise<T | undefined>;

/** Opens every two models that work together once; those that are absent were named before. */
async function checkInference(config: Config, { tasks }: Catalogue, bundles: BundleShelf, check: Check): Promise<void> {
  const telemetry = startTelemetry({ service: 'maskwright-doctor', version, logLevel: 'error' });
  const load = modelLoader({ config, bundles, telemetry });
  const byPair = Map.groupBy(tasks, ({ models }) => `${models.vlsm} and ${models.conventional}`);
  for (const [pair, pairTasks] of byPair) {
    const task = pairTasks.find((one) => unfitTasks([one], bundles).length === 0);
    if (!task) continue;
    await check(`inference by ${pair} (${pairTasks.map(({ id }) => id).join(', ')})`, async () => {
      const { vlsm, conventional } = await load(task);
      // Many pairs need not fit into memory together.
      await Promise.all([vlsm.dispose(), conventional.dispose()]);
      return [undefined, `ONNX Runtime on ${config.segmenter.executionProviders.join(', ')}`];
    });
  }
  await telemetry.shutdown();
}

async function checkQueue(config: Config, check: Check): Promise<void> {
  await check('queue', async () => {
    // What goes wrong ends in the line.
    const queue = openQueue(config, process.env, () => undefined);
    try {
      await queue.check();
    } finally {
      await queue.close();
    }
    return [undefined, config.queue.kind === 'kafka' ? config.queue.brokers.join(', ') : `embedded in ${config.home}`];
  });
}

/** An embedded archive is not started for a look: it is one with the process that serves it. */
async function checkArchives({ archive }: Config, check: Check): Promise<void> {
  if (archive.kind === 'embedded') return;
  await check('archive', async () => answers(await openOutside(archive, process.env)));
  const target = archive.kind === 'outside' ? archive.target : undefined;
  if (target) {
    await check('target archive', async () => answers(await openOutside({ ...target, kind: 'outside' }, process.env)));
  }
}

async function checkTraces({ telemetry: { otlpUrl } }: Config, check: Check): Promise<void> {
  if (otlpUrl === undefined) return;
  await check('traces', async () => {
    await checkCollector(otlpUrl);
    return [undefined, 'the collector takes them'];
  });
}

async function answers({ archive, archiveUrl, close }: OpenArchive): Promise<readonly [undefined, string]> {
  try {
    for await (const _ of archive.searchStudies({ limit: 1 })) break;
    return [undefined, `${archiveUrl} answers`];
  } finally {
    await close();
  }
}
