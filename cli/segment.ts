import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Catalogue, loadCatalogue, selectTasks, type Task } from '@maskwright/catalogue';
import { parseConfig } from '@maskwright/config';
import type { Instance } from '@maskwright/dicom';
import { parsePart10 } from '@maskwright/dicom';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { loadBundles } from '@maskwright/model';
import { buildPrompt, parseAttributes } from '@maskwright/prompt';
import { jobFor } from '@maskwright/queue';
import { encodeSeg, segUids } from '@maskwright/result';
import { promptsFor, type Segmented, segmentSource, type TargetPrompt } from '@maskwright/segmenter';
import { startTelemetry } from '@maskwright/telemetry';
import { modelLoader } from './composition.ts';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { maskNifti } from './mask-nifti.ts';
import { maskPngs } from './mask-png.ts';
import { pictureSource } from './picture-source.ts';
import { places, version } from './places.ts';
import { slug } from './slug.ts';
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

/** One series of DICOM files, or one picture. */
interface Input {
  readonly name: string;
  readonly source: SourceImage;
  readonly picture: boolean;
}

const FORMATS = ['seg', 'png', 'nifti'] as const;
type Format = (typeof FORMATS)[number];

/** Masks for files, by the same code as the services but without archive and queue. */
export async function segment(paths: readonly string[], options: SegmentOptions, io: Terminal): Promise<ExitCode> {
  const formats = parseFormats(options.format);
  const catalogue = await loadCatalogue(places.catalogue);
  const fixedTask = options.task === undefined ? undefined : catalogue.task(options.task);
  const bundles = await loadBundles(places.models);
  if (options.model !== undefined) bundles.get(options.model);
  const telemetry = startTelemetry({ service: 'maskwright-segment', version, logLevel: 'warn' });
  const modelsFor = modelLoader({ bundles, config: parseConfig({}, 'defaults'), telemetry });
  await mkdir(options.out, { recursive: true });

  const reports: object[] = [];
  let failed = false;
  const fail = (name: string, error: unknown) => {
    failed = true;
    io.stderr(`${name}: ${describeError(error)}`);
    reports.push({ input: name, outcome: 'failed', reason: describeError(error) });
  };
  for await (const input of readInputs(paths, fail)) {
    try {
      const task = fixedTask ?? taskFor(catalogue, input);
      const prompts = await promptsOf(catalogue, task, input, options);
      const bar = io.progress(input.name, input.source.frames.length);
      const result = await segmentSource(await modelsFor(task), {
        source: input.source,
        task,
        prompts,
        progress: (done) => bar.update(done),
        ...(options.model === undefined ? {} : { model: options.model }),
      });
      bar.stop();
      const files = await write(input, task, result, formats, options, bundles);
      for (const warning of result.warnings) io.stderr(`${input.name}: warning: ${warning}`);
      io.stderr(
        `${input.name}: ${result.model ? `${files.length} files` : 'needs a person'}. ${result.assessment.reason}`,
      );
      reports.push(reportOf(input, task, result, files));
    } catch (error) {
      fail(input.name, error);
    }
  }
  if (options.json) io.stdout(JSON.stringify(reports, null, 2));
  await telemetry.shutdown();
  return failed ? 1 : 0;
}

/** Files that share a series are one input; a file that cannot be read is reported and the others go on. */
async function* readInputs(
  paths: readonly string[],
  fail: (name: string, error: unknown) => void,
): AsyncGenerator<Input> {
  const series = new Map<string, { name: string; instances: Instance[] }>();
  for await (const file of filesUnder(paths)) {
    const bytes = await readFile(file);
    try {
      if (/\.(png|jpe?g)$/i.test(file)) {
        yield { name: path.basename(file).replace(/\.\w+$/, ''), source: pictureSource(bytes, file), picture: true };
      } else if (looksLikeDicom(bytes) || /\.dcm$/i.test(file)) {
        const instance = parsePart10(bytes);
        const known = series.get(instance.seriesInstanceUID);
        if (known) known.instances.push(instance);
        else
          series.set(instance.seriesInstanceUID, {
            name: path.basename(file).replace(/\.dcm$/i, ''),
            instances: [instance],
          });
      }
    } catch (error) {
      fail(file, error);
    }
  }
  for (const { name, instances } of series.values()) {
    try {
      yield { name, source: assembleSource(instances), picture: false };
    } catch (error) {
      fail(name, error);
    }
  }
}

function taskFor(catalogue: Catalogue, input: Input): Task {
  if (input.picture)
    throw new MaskwrightError('USAGE', 'a PNG or JPEG says nothing about itself: name the task with --task');
  const [selected] = selectTasks(catalogue, input.source.dataset);
  if (!selected)
    throw new MaskwrightError('TASK_UNKNOWN', 'no task of the catalogue selects this series; name one with --task');
  return selected.task;
}

async function promptsOf(
  catalogue: Catalogue,
  task: Task,
  input: Input,
  options: SegmentOptions,
): Promise<TargetPrompt[]> {
  const targets =
    options.target === undefined ? task.targets : task.targets.filter(({ name }) => name === options.target);
  if (targets.length === 0) {
    const names = task.targets.map(({ name }) => name).join(', ');
    throw new MaskwrightError('USAGE', `task ${task.id} has no target ${options.target}; it has ${names}`);
  }
  if (options.prompt !== undefined) {
    const prompts = promptsFor(catalogue, task, input.source.dataset, options.prompt);
    return options.target === undefined
      ? prompts
      : prompts
          .map(({ prompt }) => ({ prompt, target: targets[0] ?? task.targets[0] }))
          .flatMap(({ prompt, target }) => (target ? [{ prompt, target }] : []));
  }
  if (options.attributes === undefined) return promptsFor(catalogue, { ...task, targets }, input.source.dataset);
  const templates = catalogue.templates(task.family);
  const json: unknown = JSON.parse(await readFile(options.attributes, 'utf8'));
  const [attributes = []] = parseAttributes(json, templates, options.attributes);
  const withoutClass = attributes.filter(({ name }) => name !== 'class');
  return targets.map((target) => ({
    target,
    prompt: buildPrompt(
      templates,
      [{ name: 'class', value: target.name, source: 'catalogue', origin: `task ${task.id}` }, ...withoutClass],
      options.attributes === undefined ? task.promptType : 'P9',
    ),
  }));
}

async function write(
  input: Input,
  task: Task,
  result: Segmented,
  formats: ReadonlySet<Format>,
  options: SegmentOptions,
  bundles: { get(id: string): { readonly digest: string } },
): Promise<string[]> {
  const files: string[] = [];
  const save = async (name: string, bytes: Uint8Array) => {
    await writeFile(path.join(options.out, name), bytes);
    files.push(name);
  };
  if (!result.model) return files;
  if (formats.has('png')) for (const { name, bytes } of maskPngs(input.name, result.segments)) await save(name, bytes);
  if (formats.has('nifti'))
    for (const { target, mask } of result.segments)
      await save(`${input.name}.${slug(target.name)}.nii.gz`, maskNifti(mask, input.source));
  if (formats.has('seg') && !input.picture) {
    const [first] = input.source.frames;
    if (!first) return files;
    const job = jobFor(
      {
        study: first.instance.studyInstanceUID,
        series: first.instance.seriesInstanceUID,
        sources: input.source.frames.map(({ instance }) => instance.sopInstanceUID),
        task,
        lane: 'interactive',
        prompt: options.prompt,
      },
      (id) => bundles.get(id).digest,
    );
    await save(
      `${input.name}.seg.dcm`,
      encodeSeg({
        source: input.source,
        segments: result.segments,
        uids: segUids(job.key, result.segments.length),
        algorithm: { name: result.model.id, version: result.model.version },
        assessment: result.assessment.reason,
        at: new Date(),
        seriesDescription: task.title,
      }),
    );
  }
  return files;
}

function reportOf(input: Input, task: Task, result: Segmented, files: readonly string[]) {
  return {
    input: input.name,
    task: task.id,
    outcome: result.model ? 'segmented' : 'needs-person',
    model: result.model?.id ?? null,
    reason: result.assessment.reason,
    assessment: result.assessment,
    prompts: result.prompts.map(({ target, prompt }) => ({
      target: target.name,
      prompt: prompt.text,
      promptType: prompt.type,
    })),
    warnings: result.warnings,
    files,
  };
}

function parseFormats(list: string): ReadonlySet<Format> {
  return new Set(
    list.split(',').map((name) => {
      const format = FORMATS.find((one) => one === name.trim());
      if (!format) throw new MaskwrightError('USAGE', `--format ${name}: any of ${FORMATS.join(', ')}`);
      return format;
    }),
  );
}
