import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type CalibrationCase, type Fitted, FOLDS, fitCalibration } from '@maskwright/assess';
import { loadCatalogue } from '@maskwright/catalogue';
import { parseConfig } from '@maskwright/config';
import { unwritable } from '@maskwright/disk';
import { describeError, MaskwrightError } from '@maskwright/errors';
import {
  attachCalibration,
  type BundleShelf,
  type Calibration,
  calibrationSchema,
  mayAttach,
  readPrivateKey,
} from '@maskwright/model';
import { failureAuroc } from '@maskwright/score';
import { startTelemetry } from '@maskwright/telemetry';
import { calibrationCases, calibrationRecord, type Fitting } from './calibrate-case.ts';
import { modelLoader } from './composition.ts';
import { loadConfiguredBundles } from './configured-bundles.ts';
import { readCases } from './evaluate-cases.ts';
import { openJournal } from './evaluate-journal.ts';
import { remembering } from './evaluate-models.ts';
import { FAILED, round } from './evaluate-tally.ts';
import { printable } from './finding.ts';
import { places, version } from './places.ts';
import { stopSignal } from './stop-signal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface CalibrateOptions {
  readonly cases: string;
  readonly model?: readonly string[];
  /** Folder of bundles instead of those that ship. */
  readonly models?: string;
  /** Where finished cases are kept, so that a stopped run goes on. */
  readonly work: string;
  readonly shifts: string;
  /** Private key that signs a signed bundle again. */
  readonly key?: string;
}

/** Fewer cases than this cannot say what a Dice of the next one will be. */
const LEAST_CASES = 60;
/** Between the seeds of two cases: no image is shifted as its neighbour. */
const SEEDS_APART = 3;

/** Fits the prediction of Dice on held-out cases and puts it into the VLSM's bundle. */
export async function calibrate(
  options: CalibrateOptions,
  environment: Readonly<Record<string, string | undefined>>,
  io: Terminal,
): Promise<ExitCode> {
  const shifts = Number(options.shifts);
  if (!Number.isInteger(shifts) || shifts < 0 || shifts > 8)
    throw new MaskwrightError('USAGE', `--shifts ${options.shifts}: 0 to 8`);
  const cases = await readCases(options.cases);
  mustSuffice(cases.length * (1 + shifts), new Set(cases.map(({ group, imagePath }) => group ?? imagePath)));
  const key =
    options.key === undefined ? undefined : await readPrivateKey(options.key, environment.MASKWRIGHT_KEY_PASSPHRASE);
  const catalogue = await loadCatalogue(places.catalogue);
  const config = parseConfig(options.models === undefined ? {} : { models: options.models }, 'options');
  const shelf = await loadConfiguredBundles(config);
  const models = pairOf(shelf, catalogue.tasks[0]?.models, options.model ?? []);
  const { directory } = shelf.get(models.vlsm);
  await mayAttach(directory, key);
  await mkdir(options.work, { recursive: true }).catch(unwritable(options.work));
  await using opened = new AsyncDisposableStack();
  const telemetry = startTelemetry({ service: 'maskwright-calibrate', version, logLevel: 'warn' });
  opened.defer(() => telemetry.shutdown());
  const journal = await openJournal(path.join(options.work, 'journal.jsonl'), calibrationRecord);
  opened.defer(() => journal.close());
  const modelsFor = remembering(modelLoader({ bundles: shelf, config, telemetry }));
  const fitting: Fitting = { catalogue, shelf, models, modelsFor, journal };

  const found: CalibrationCase[] = [];
  let faults = 0;
  const stop = stopSignal();
  const bar = io.progress('calibrate', cases.length);
  for (const [index, one] of cases.entries()) {
    if (stop.aborted) {
      io.stderr(`stopped after ${index} of ${cases.length} cases; the same command goes on from here`);
      return 1;
    }
    try {
      found.push(...(await calibrationCases(one, fitting, { seed: index * SEEDS_APART, shifts })));
    } catch (error) {
      faults++;
      io.stderr(printable(`${one.image} (${one.target}): ${describeError(error)}`));
    }
    bar.update(index + 1);
  }
  bar.stop();
  mustSuffice(asIs(found).length, new Set(found.map(({ group }) => group)));
  const partner = shelf.get(models.conventional);
  const calibration = calibrationOf(found, { id: partner.id, digest: partner.digest });
  const signed = await attachCalibration(directory, calibration, key);
  io.stderr(`${directory}: calibrated on ${calibration.data.masks} masks${signed ? ', and signed again' : ''}`);
  io.stdout(JSON.stringify({ model: models.vlsm, floor: calibration.floor, ...calibration.measured }, null, 2));
  return faults > 0 ? 1 : 0;
}

/** Of masks and groups as many as there are, or as there are at most. */
function mustSuffice(masks: number, groups: ReadonlySet<string>): void {
  if (masks < LEAST_CASES)
    throw new MaskwrightError('USAGE', `${masks} usable masks are too few: ${LEAST_CASES} are needed`);
  if (groups.size < FOLDS)
    throw new MaskwrightError(
      'USAGE',
      `${groups.size} groups of usable masks are too few: ${FOLDS} are needed; the column "group" names patient, exam or sequence, and without it each image is its own`,
    );
}

/** The tasks' own pair, with those that were named in place of them. */
function pairOf(shelf: BundleShelf, own: Fitting['models'] | undefined, named: readonly string[]): Fitting['models'] {
  if (!own) throw new MaskwrightError('CATALOGUE_INVALID', 'the catalogue has no task');
  const pair = { ...own };
  for (const id of named) pair[shelf.get(id).kind] = id;
  for (const kind of ['vlsm', 'conventional'] as const) shelf.get(pair[kind]);
  return pair;
}

function calibrationOf(found: readonly CalibrationCase[], partner: Calibration['partner']): Calibration {
  const { outOfFold, ...fitted } = fitCalibration(found);
  return calibrationSchema.parse({
    schema: 'maskwright.calibration/1',
    at: new Date().toISOString(),
    partner,
    ...fitted,
    data: {
      images: new Set(found.map(({ image }) => image)).size,
      masks: asIs(found).length,
      sha256: createHash('sha256').update(JSON.stringify(found)).digest('hex'),
    },
    measured: measured(found, outOfFold),
  });
}

function asIs(found: readonly CalibrationCase[]): CalibrationCase[] {
  return found.filter(({ retouch }) => retouch === null);
}

/** Out of fold, on the calibration's own cases with their shifts; each model's and the oracle's of the image as it is. */
function measured(all: readonly CalibrationCase[], outOfFold: Fitted['outOfFold']): Calibration['measured'] {
  const found = asIs(all);
  const mean = (values: readonly number[]) => round(values.reduce((sum, one) => sum + one, 0) / values.length);
  const auroc = failureAuroc(outOfFold, FAILED);
  return {
    vlsm: mean(found.map((one) => one.vlsm)),
    conventional: mean(found.map((one) => one.conventional)),
    consensus: mean(found.map((one) => one.consensus)),
    auto: mean(outOfFold.map((one) => one.dice)),
    oracle: mean(found.map((one) => Math.max(one.vlsm, one.conventional, one.consensus))),
    retouched: mean(outOfFold.map(({ retouch }) => (retouch === null ? 0 : 1))),
    meanAbsoluteError: mean(outOfFold.map(({ predicted, dice }) => Math.abs(predicted - dice))),
    failureAuroc: auroc === undefined ? null : round(auroc),
  };
}
