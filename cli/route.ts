import { existsSync } from 'node:fs';
import {
  type Catalogue,
  explainSeries,
  imagesOfTask,
  loadCatalogue,
  type RuleVerdict,
  sizesOfTask,
} from '@maskwright/catalogue';
import { parseConfig, readConfig } from '@maskwright/config';
import {
  type DataSet,
  hasMatrix,
  type Matrix,
  matrixInWords,
  parseUid,
  type StudyInstanceUID,
  text,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { places } from './places.ts';
import { readSeriesOfFiles, readSeriesOfStudy, type SeriesToRoute } from './route-source.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface RouteOptions {
  readonly config?: string;
  readonly json?: boolean;
}

interface RoutedSeries {
  readonly study: string;
  readonly series: string;
  readonly modality: string | null;
  readonly instances: number;
  readonly tasks: readonly {
    readonly task: string;
    readonly selected: boolean;
    /** Images of the series that it would get. */
    readonly images: number;
    /** Of which it would make a result each; none where it would make one of all. */
    readonly sizes: readonly { readonly matrix: Matrix; readonly images: number }[];
    readonly reasons: readonly string[];
    readonly rules: readonly RuleVerdict[];
  }[];
}

/**
 * Dry run of the routing: which tasks would get which series of a study, and the word of each rule. Nothing is queued or
 * stored. Exit code 1 where there is no such study or no image of it can be read.
 */
export async function route(where: string, options: RouteOptions, io: Terminal): Promise<ExitCode> {
  const config = options.config ? await readConfig(options.config) : parseConfig({}, 'defaults');
  const catalogue = await loadCatalogue(config.catalogue ?? places.catalogue);
  const failed: string[] = [];
  const fail = (what: string) => {
    failed.push(what);
    io.stderr(`maskwright: ${what}`);
  };
  const found = existsSync(where)
    ? await readSeriesOfFiles(where, fail)
    : await readSeriesOfStudy(config, studyOf(where), process.env);
  if (found.length === 0) throw new MaskwrightError('INPUT_NOT_FOUND', `${where}: no series to route`);
  const routed = found.map((series) => routeSeries(catalogue, series));
  if (options.json) io.stdout(JSON.stringify(routed, null, 2));
  else for (const series of routed) io.stdout(reportText(series));
  return failed.length > 0 ? 1 : 0;
}

function studyOf(where: string): StudyInstanceUID {
  if (!/^[0-9.]{1,64}$/.test(where))
    throw new MaskwrightError('INPUT_NOT_FOUND', `${where}: neither a file or folder nor a StudyInstanceUID`);
  return parseUid<StudyInstanceUID>(where, 'StudyInstanceUID');
}

function routeSeries(catalogue: Catalogue, { study, series, instances }: SeriesToRoute): RoutedSeries {
  const [first = {}] = instances;
  const images = instances.map((dataset) => ({ dataset }));
  return {
    study,
    series,
    modality: modalityOf(first),
    instances: instances.length,
    tasks: explainSeries(catalogue, instances).map(({ task, selected, reasons, rules }) => {
      const own = selected ? imagesOfTask(catalogue, task, images).images : [];
      const sizes = (selected ? sizesOfTask(catalogue, task, images) : []).flatMap(({ matrix }) =>
        matrix ? [{ matrix, images: own.filter(({ dataset }) => hasMatrix(dataset, matrix)).length }] : [],
      );
      return { task: task.id, selected, images: own.length, sizes, reasons, rules };
    }),
  };
}

/** A defined term or nothing: the header may hold anything. */
function modalityOf(dataset: DataSet): string | null {
  const value = text(dataset, 'Modality') ?? '';
  return /^[A-Z0-9]{2,16}$/.test(value) ? value : null;
}

function reportText({ study, series, modality, instances, tasks }: RoutedSeries): string {
  const selected = tasks.filter((one) => one.selected);
  const lines = [
    `study ${study}, series ${series}: ${modality ?? 'no modality'}, ${instances} ${instances === 1 ? 'instance' : 'instances'}`,
    selected.length === 0
      ? '  no task gets it'
      : `  goes to ${selected.map((one) => `${one.task}${one.images < instances ? ` (${one.images} of ${instances})` : ''}`).join(', ')}`,
  ];
  for (const { task, sizes } of selected) if (sizes.length > 0) lines.push(`  ${task}: ${sizesText(sizes)}`);
  for (const { task, selected: isSelected, rules } of tasks) {
    lines.push(`  ${isSelected ? '✓' : '✗'} ${task}`);
    for (const { rule, passed, reason } of rules) lines.push(`      ${passed ? '✓' : '✗'} ${rule}: ${reason}`);
  }
  return lines.join('\n');
}

function sizesText(sizes: RoutedSeries['tasks'][number]['sizes']): string {
  const each = sizes.map(
    ({ matrix, images }) => `${matrixInWords(matrix)} (${images} ${images === 1 ? 'image' : 'images'})`,
  );
  return `a result for each size, ${each.join(', ')}`;
}
