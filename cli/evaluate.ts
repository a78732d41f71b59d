import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import { parseConfig } from '@maskwright/config';
import { FOR_ALL, unwritable, writeWhole } from '@maskwright/disk';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { startTelemetry } from '@maskwright/telemetry';
import { modelLoader } from './composition.ts';
import { loadConfiguredBundles } from './configured-bundles.ts';
import { type Evaluation, evaluateCase, shown } from './evaluate-case.ts';
import { type Case, readCases, repeatedIn } from './evaluate-cases.ts';
import { reportHtml } from './evaluate-html.ts';
import { openJournal } from './evaluate-journal.ts';
import { AUTO, remembering } from './evaluate-models.ts';
import { caseRecord } from './evaluate-record.ts';
import { type Fault, reportJson } from './evaluate-report.ts';
import { openCaseTable } from './evaluate-table.ts';
import { Tally } from './evaluate-tally.ts';
import { Worst } from './evaluate-worst.ts';
import { printable } from './finding.ts';
import { places, version } from './places.ts';
import { stopSignal } from './stop-signal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface EvaluateOptions {
  readonly cases: string;
  readonly out: string;
  readonly model?: readonly string[];
  readonly promptType?: readonly string[];
  /** Folder of bundles instead of those that ship. */
  readonly models?: string;
  readonly json?: boolean;
}

/**
 * Scores models on images with known masks. A case with a fault is named in the report and the others go on; a run that was
 * stopped goes on where it was when it is started again with the same folder.
 */
export async function evaluate(options: EvaluateOptions, io: Terminal): Promise<ExitCode> {
  const promptTypes = options.promptType && [...new Set(options.promptType.map(promptTypeOf))];
  const models = options.model && [...new Set(options.model)];
  const cases = await readCases(options.cases);
  const [again, ...more] = repeatedIn(cases);
  if (again !== undefined)
    io.stderr(`${more.length + 1} cases repeat an earlier one and count again; the first is case ${again}`);
  const catalogue = await loadCatalogue(places.catalogue);
  const config = parseConfig(options.models === undefined ? {} : { models: options.models }, 'options');
  const shelf = await loadConfiguredBundles(config);
  for (const id of models ?? []) if (id !== AUTO) shelf.get(id);
  await mkdir(options.out, { recursive: true }).catch(unwritable(options.out));
  await using opened = new AsyncDisposableStack();
  const telemetry = startTelemetry({ service: 'maskwright-evaluate', version, logLevel: 'warn' });
  opened.defer(() => telemetry.shutdown());
  const journal = await openJournal(path.join(options.out, 'journal.jsonl'), caseRecord);
  opened.defer(() => journal.close());
  const worst = new Worst();
  const evaluation: Evaluation = {
    catalogue,
    shelf,
    journal,
    promptTypes,
    models,
    modelsFor: remembering(modelLoader({ bundles: shelf, config, telemetry })),
    isWorst: (dice) => worst.takes(dice),
  };
  const run = await runCases(cases, evaluation, worst, options.out, io);
  const used = shelf.all.filter(({ id }) => run.used.has(id));
  const report = reportJson({ ...run, cases: cases.length, bundles: used, at: new Date() });
  const asPage = path.join(options.out, 'report.html');
  await writeWhole(path.join(options.out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`, FOR_ALL);
  await writeWhole(asPage, reportHtml(report, run.tally.forecasts(), worst.all()), FOR_ALL);
  if (options.json) io.stdout(JSON.stringify(report, null, 2));
  if (run.stopped) io.stderr(`stopped after ${run.done} of ${cases.length} cases; the same command goes on from here`);
  io.stderr(`${run.done} cases, ${run.faults.length} with a fault: ${asPage}`);
  return run.stopped || run.faults.length > 0 ? 1 : 0;
}

async function runCases(cases: readonly Case[], evaluation: Evaluation, worst: Worst, out: string, io: Terminal) {
  const tally = new Tally();
  const faults: Fault[] = [];
  const used = new Set<string>();
  const stop = stopSignal();
  const bar = io.progress('evaluate', cases.length);
  let done = 0;
  await using table = await openCaseTable(path.join(out, 'cases.csv'));
  for (const one of cases) {
    if (stop.aborted) break;
    try {
      const record = await evaluateCase(one, evaluation);
      tally.add(one, record);
      worst.add(one, shown(record.rows), record.picture);
      for (const { model, chosen } of record.rows) used.add(model === AUTO ? chosen : model);
      await table.add(one, record.rows);
    } catch (error) {
      // No fault of the case: the next ones could not be written either.
      if (error instanceof MaskwrightError && error.code === 'OUTPUT_UNWRITABLE') {
        bar.stop();
        throw error;
      }
      const reason = describeError(error);
      faults.push({ image: one.image, target: one.target, dataset: one.dataset, reason });
      io.stderr(printable(`${one.image} (${one.target}): ${reason}`));
      await table.addFault(one);
    }
    bar.update(++done);
  }
  bar.stop();
  return { tally, faults, used, done, stopped: stop.aborted && done < cases.length };
}

function promptTypeOf(name: string): string {
  if (/^p\d$/i.test(name)) return name.toUpperCase();
  throw new MaskwrightError('USAGE', `--prompt-type ${name}: P0 to P9`);
}
