import { type Catalogue, type Explanation, explainSelection } from '@maskwright/catalogue';
import { type DataSet, number, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { PromptTokenizer } from '@maskwright/model';
import {
  type AllPrompts,
  type Attribute,
  allPrompts,
  attributesOfMask,
  extractAttributes,
  fitPrompt,
  type Header,
  headerAttributes,
  missingAttributes,
  type Wording,
  wordingOf,
} from '@maskwright/prompt';
import { maskOfPng } from './png-mask.ts';
import { readInput } from './read-file.ts';

/** What `maskwright prompt` has been given. */
export interface Given {
  readonly file: string;
  readonly reports: readonly string[];
  readonly mask: string | undefined;
  /** This task, whether its rules select the file or not. */
  readonly task: string | undefined;
}
export interface Report {
  readonly file: string;
  /** What the header says whatever is looked for. */
  readonly attributes: readonly Attribute[];
  readonly warnings: readonly string[];
  readonly tasks: readonly TaskReport[];
  readonly refused: readonly { readonly task: string; readonly reasons: readonly string[] }[];
}
export interface TaskReport {
  readonly task: string;
  readonly title: string;
  readonly reasons: readonly string[];
  readonly targets: readonly TargetReport[];
}
export interface TargetReport {
  readonly target: string;
  readonly attributes: readonly Attribute[];
  /** The prompt that the task's model is asked. */
  readonly prompt: {
    readonly type: string;
    readonly text: string;
    readonly model: string;
    /** Undefined where the model's bundle is not there to count them. */
    readonly tokens: number | undefined;
    readonly maxTokens: number | undefined;
  };
  readonly prompts: AllPrompts;
  /** What each type would say besides, if it were known. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
}
type Tokenizers = (bundle: string) => Promise<PromptTokenizer | undefined>;

/** @throws MaskwrightError INPUT_*, NOT_DICOM, TASK_UNKNOWN, MASK_INVALID, USAGE where the mask does not fit the image */
export async function reportOn(catalogue: Catalogue, given: Given, tokenizers: Tokenizers): Promise<Report> {
  const dataset = await datasetOf(given.file);
  const header = { instances: [dataset], reports: await Promise.all(given.reports.map(datasetOf)) };
  const seen = given.mask === undefined ? [] : await seenIn(given.mask, dataset);
  const explanations = explainSelection(catalogue, dataset);
  const wanted = given.task === undefined ? undefined : catalogue.task(given.task);
  const tasks = explanations.filter(({ task, selected }) => (wanted ? task === wanted : selected));
  const [only] = new Set(tasks.map(({ task }) => task.family));
  const { attributes, warnings } = headerAttributes(header, only);
  return {
    file: given.file,
    attributes: [...attributes, ...seen],
    warnings,
    tasks: await Promise.all(tasks.map((one) => taskReport(catalogue, header, seen, one, tokenizers))),
    refused: explanations
      .filter((one) => !one.selected && !tasks.includes(one))
      .map(({ task, reasons }) => ({ task: task.id, reasons })),
  };
}

async function taskReport(
  catalogue: Catalogue,
  header: Header,
  seen: readonly Attribute[],
  { task, reasons }: Explanation,
  tokenizers: Tokenizers,
): Promise<TaskReport> {
  const model = task.models.vlsm;
  const tokenizer = await tokenizers(model);
  const targets = task.targets.map((target) => {
    const { attributes } = extractAttributes(header, task, target);
    const asked = wordingOf(catalogue, header, task, target);
    const wording: Wording = (change) => asked({ add: seen, ...change });
    const { type, text, warnings } = tokenizer ? fitPrompt(wording(), wording, tokenizer) : wording();
    const all = [...attributes, ...seen];
    const templates = catalogue.templates(task.family);
    return {
      target: target.name,
      attributes: all,
      prompt: { type, text, model, tokens: tokenizer?.count(text), maxTokens: tokenizer?.maxTokens },
      prompts: allPrompts(templates, all),
      missing: missingAttributes(templates, all),
      warnings,
    };
  });
  return { task: task.id, title: task.title, reasons, targets };
}

async function seenIn(file: string, dataset: DataSet): Promise<Attribute[]> {
  const mask = maskOfPng(await readInput(file), file);
  const [rows, columns] = [number(dataset, 'Rows'), number(dataset, 'Columns')];
  if (mask.rows !== rows || mask.columns !== columns)
    throw new MaskwrightError(
      'USAGE',
      `${file} is ${mask.columns} × ${mask.rows} pixels, the image ${columns} × ${rows}`,
    );
  return attributesOfMask(mask, file);
}

async function datasetOf(file: string): Promise<DataSet> {
  return parsePart10(await readInput(file)).dataset;
}
