import { mkdir } from 'node:fs/promises';
import {
  type Catalogue,
  loadCatalogue,
  selectTasksOfSeries,
  sizesOfTask,
  type Target,
  type Task,
} from '@maskwright/catalogue';
import { parseConfig } from '@maskwright/config';
import type { Matrix } from '@maskwright/dicom';
import { unwritable } from '@maskwright/disk';
import { codeOf, describeError, MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';
import { loadBundles } from '@maskwright/model';
import { attribute, buildPrompt, parseAttributes, type Wording } from '@maskwright/prompt';
import {
  type Asked,
  headerOf,
  partsOf,
  promptsFor,
  type Segmented,
  segmentSource,
  sourceOfTask,
  type TargetPrompt,
} from '@maskwright/segmenter';
import { startTelemetry } from '@maskwright/telemetry';
import { modelLoader } from './composition.ts';
import { places, version } from './places.ts';
import { readJson } from './read-file.ts';
import { type Input, readInputs } from './segment-inputs.ts';
import { parseFormats, writeMasks } from './segment-output.ts';
import { isNamed } from './target-named.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface SegmentOptions {
  readonly out: string;
  readonly task?: string;
  readonly target?: string;
  readonly prompt?: string;
  readonly model?: string;
  readonly attributes?: string;
  readonly format: string;
  readonly json?: boolean;
}

/** Masks for files, by the same code as the services but without archive and queue. */
export async function segment(paths: readonly string[], options: SegmentOptions, io: Terminal): Promise<ExitCode> {
  const formats = parseFormats(options.format);
  if (options.prompt !== undefined) partsOf(options.prompt);
  const said = options.attributes === undefined ? undefined : await saidIn(options.attributes);
  const catalogue = await loadCatalogue(places.catalogue);
  const fixedTask = options.task === undefined ? undefined : catalogue.task(options.task);
  const bundles = await loadBundles(places.models);
  if (options.model !== undefined) bundles.get(options.model);
  const telemetry = startTelemetry({ service: 'maskwright-segment', version, logLevel: 'warn' });
  const modelsFor = modelLoader({ bundles, config: parseConfig({}, 'defaults'), telemetry });
  const output = {
    folder: options.out,
    formats,
    bundleDigest: (id: string) => bundles.get(id).digest,
    words: options.prompt,
  };
  await mkdir(options.out, { recursive: true }).catch(unwritable(options.out));

  const reports: object[] = [];
  const faults: unknown[] = [];
  const fail = (name: string, error: unknown) => {
    faults.push(error);
    io.stderr(`${name}: ${describeError(error)}`);
    reports.push({ input: name, outcome: 'failed', reason: describeError(error) });
  };
  const passOver = (count: number) =>
    io.stderr(`${count} ${count === 1 ? 'file is' : 'files are'} no DICOM, PNG or JPEG and passed over`);
  const mask = async (input: Part, task: Task) => {
    const source = input.picture ?? sourceOfTask(catalogue, task, input.instances, input.matrix);
    const models = await modelsFor(task);
    const { classes } = models.vlsm.bundle.manifest;
    const prompts = await promptsOf(catalogue, task, source, { ...options, said }, classes);
    const bar = io.progress(input.name, source.frames.length);
    const { model } = options;
    const progress = (done: number) => bar.update(done);
    const result = await segmentSource(models, { source, task, prompts, model, progress });
    bar.stop();
    const { files, refused } = await writeMasks({ ...input, source }, task, result, output);
    for (const warning of result.warnings) io.stderr(`${input.name}: warning: ${warning}`);
    io.stderr(
      `${input.name}: ${result.model ? `${files.length} files` : 'needs a person'}. ${result.assessment.reason}`,
    );
    for (const error of refused) io.stderr(`${input.name}: ${describeError(error)}`);
    faults.push(...refused);
    reports.push({ ...reportOf(input, task, result, files), refused: refused.map(describeError) });
  };
  for await (const input of readInputs(paths, { fail, passOver })) {
    try {
      const task = fixedTask ?? taskFor(catalogue, input);
      for (const part of partsOfInput(catalogue, task, input)) {
        await mask(part, task).catch((error: unknown) => fail(part.name, error));
      }
    } catch (error) {
      fail(input.name, error);
    }
  }
  if (options.json) io.stdout(JSON.stringify(reports, null, 2));
  await telemetry.shutdown();
  if (faults.length === 0) return 0;
  return faults.every((error) => codeOf(error) === 'USAGE') ? 2 : 1;
}

/** What makes one result: an input, or its images of one size. */
type Part = Input & { readonly matrix?: Matrix };

function partsOfInput(catalogue: Catalogue, task: Task, input: Input): Part[] {
  if (input.picture) return [input];
  return sizesOfTask(catalogue, task, input.instances).map(({ matrix }) =>
    matrix === undefined ? input : { ...input, name: `${input.name}-${matrix}`, matrix },
  );
}

function taskFor(catalogue: Catalogue, input: Input): Task {
  if (input.picture)
    throw new MaskwrightError('USAGE', 'a PNG or JPEG says nothing about itself: name the task with --task');
  const [selected] = selectTasksOfSeries(
    catalogue,
    input.instances.map(({ dataset }) => dataset),
  );
  if (selected) return selected.task;
  throw new MaskwrightError('TASK_UNKNOWN', 'no task of the catalogue selects this series; name one with --task');
}

/** A file of attributes, whose form the task's family decides. */
interface Said {
  readonly file: string;
  readonly json: unknown;
}

/** @throws MaskwrightError INPUT_NOT_FOUND, INPUT_UNREADABLE, USAGE */
async function saidIn(file: string): Promise<Said> {
  return { file, json: await readJson(file) };
}

async function promptsOf(
  catalogue: Catalogue,
  task: Task,
  source: SourceImage,
  { target, prompt: words, said }: Pick<SegmentOptions, 'target' | 'prompt'> & { readonly said: Said | undefined },
  classes: Asked['classes'],
): Promise<TargetPrompt[]> {
  const targets = wantedTargets(task, target);
  if (words !== undefined) {
    const prompts = promptsFor(catalogue, task, headerOf(source), { words, classes });
    mustName(prompts, target);
    return prompts;
  }
  if (!said) return promptsFor(catalogue, { ...task, targets }, headerOf(source));
  const templates = catalogue.templates(task.family);
  const [given = []] = parseAttributes(said.json, templates, said.file);
  const others = given.filter(({ name }) => name !== 'class');
  return targets.map((one) => {
    const named = attribute('class', one.name, 'catalogue', `task ${task.id}`);
    const wording: Wording = ({ without } = {}) => buildPrompt(templates, [named, ...others], 'P9', without);
    return { target: one, prompt: wording(), wording };
  });
}

/** A mask of something else would be kept under the target's name. */
function mustName(prompts: readonly TargetPrompt[], target: string | undefined): void {
  const other = prompts.find((one) => target !== undefined && !isNamed(one.target, target));
  if (!other) return;
  const words = JSON.stringify(other.prompt.text);
  throw new MaskwrightError(
    'USAGE',
    `--prompt ${words} does not name the --target ${target}: name it there, or leave --target out`,
  );
}

function wantedTargets(task: Task, name: string | undefined): readonly Target[] {
  if (name === undefined) return task.targets;
  const wanted = task.targets.filter((target) => isNamed(target, name));
  if (wanted.length > 0) return wanted;
  const names = task.targets.map((target) => target.name).join(', ');
  throw new MaskwrightError('USAGE', `task ${task.id} has no target ${name}; it has ${names}`);
}

function reportOf({ name }: Input, task: Task, result: Segmented, files: readonly string[]) {
  const { model, assessment, warnings } = result;
  return {
    input: name,
    task: task.id,
    outcome: model ? 'segmented' : 'needs-person',
    model: model?.id ?? null,
    reason: assessment.reason,
    assessment,
    prompts: result.prompts.map(({ target, prompt }) => ({
      target: target.name,
      prompt: prompt.text,
      promptType: prompt.type,
    })),
    warnings,
    files,
  };
}
