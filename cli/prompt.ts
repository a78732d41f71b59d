import { readFile } from 'node:fs/promises';
import { type Catalogue, type Explanation, explainSelection, FAMILIES, loadCatalogue } from '@maskwright/catalogue';
import { type DataSet, parsePart10 } from '@maskwright/dicom';
import { describeError, MaskwrightError } from '@maskwright/errors';
import {
  type AllPrompts,
  type Attribute,
  allPrompts,
  attributesJsonSchema,
  extractAttributes,
  parseAttributes,
  promptFor,
} from '@maskwright/prompt';

export interface PromptArguments {
  /** A DICOM file. */
  readonly file?: string;
  readonly family?: string;
  /** JSON file with one object of attributes, or an array of them. */
  readonly attributes?: string;
  /** Print the JSON Schema of the attributes. */
  readonly schema?: boolean;
  readonly json?: boolean;
}
export interface PromptContext {
  readonly catalogueDirectory: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** `maskwright prompt`: attributes with provenance and prompts P0 … P9. @returns the exit code */
export async function prompt(args: PromptArguments, context: PromptContext): Promise<0 | 1 | 2> {
  try {
    context.stdout(await answer(args, context.catalogueDirectory));
    return 0;
  } catch (error) {
    context.stderr(`${describeError(error)}\n`);
    return error instanceof MaskwrightError && error.code === 'USAGE' ? 2 : 1;
  }
}

async function answer(args: PromptArguments, catalogueDirectory: string): Promise<string> {
  if (args.schema) return json(attributesJsonSchema());
  const catalogue = await loadCatalogue(catalogueDirectory);
  if (args.file !== undefined) {
    const report = reportOn(catalogue, args.file, await datasetOfFile(args.file));
    return args.json ? json(report) : reportText(report);
  }
  if (args.family !== undefined && args.attributes !== undefined) {
    const answers = await promptsOfAttributes(catalogue, args.family, args.attributes);
    return args.json
      ? json(answers)
      : [answers]
          .flat()
          .map((each) => promptsText(each))
          .join('\n');
  }
  throw new MaskwrightError('USAGE', 'give a DICOM file, or --family with --attributes, or --schema');
}

/** One object for one object, an array for an array. */
async function promptsOfAttributes(
  catalogue: Catalogue,
  name: string,
  file: string,
): Promise<AllPrompts | AllPrompts[]> {
  const family = FAMILIES.find((known) => known === name);
  if (!family) throw new MaskwrightError('USAGE', `--family ${JSON.stringify(name)}: one of ${FAMILIES.join(', ')}`);
  const templates = catalogue.templates(family);
  const value = parseJson(await read(file), file);
  const answers = parseAttributes(value, templates, file).map((attributes) => allPrompts(templates, attributes));
  const [only] = answers;
  return Array.isArray(value) || !only ? answers : only;
}

interface TargetReport {
  readonly target: string;
  readonly attributes: readonly Attribute[];
  readonly prompt: { readonly type: string; readonly text: string };
  readonly prompts: AllPrompts;
  readonly warnings: readonly string[];
}
interface Report {
  readonly file: string;
  readonly tasks: readonly {
    readonly task: string;
    readonly title: string;
    readonly reasons: readonly string[];
    readonly targets: readonly TargetReport[];
  }[];
  readonly refused: readonly { readonly task: string; readonly reasons: readonly string[] }[];
}

function reportOn(catalogue: Catalogue, file: string, dataset: DataSet): Report {
  const explanations = explainSelection(catalogue, dataset);
  return {
    file,
    tasks: explanations
      .filter(({ selected }) => selected)
      .map((explanation) => taskReport(catalogue, dataset, explanation)),
    refused: explanations.filter(({ selected }) => !selected).map(({ task, reasons }) => ({ task: task.id, reasons })),
  };
}

function taskReport(catalogue: Catalogue, dataset: DataSet, { task, reasons }: Explanation): Report['tasks'][number] {
  const targets = task.targets.map((target) => {
    const { attributes } = extractAttributes(dataset, task, target);
    const { type, text, warnings } = promptFor(catalogue, dataset, task, target);
    const prompts = allPrompts(catalogue.templates(task.family), attributes);
    return { target: target.name, attributes, prompt: { type, text }, prompts, warnings };
  });
  return { task: task.id, title: task.title, reasons, targets };
}

function reportText({ tasks, refused }: Report): string {
  if (tasks.length === 0) {
    return `No task of the catalogue applies:\n${refused.map(({ task, reasons }) => `  ${task}: ${reasons.join('; ')}\n`).join('')}`;
  }
  return tasks
    .map(({ title, task, reasons, targets }) =>
      [`${title} (${task})\n  because ${reasons.join('; ')}\n`, ...targets.map(targetText)].join('\n'),
    )
    .join('\n');
}

function targetText({ target, attributes, prompt, prompts, warnings }: TargetReport): string {
  const rows = [
    ['attribute', 'value', 'from'],
    ...attributes.map(({ name, value, source, origin }) => [name, value, `${source}, ${origin}`]),
  ];
  return [
    `  ${target}`,
    table(rows, '    '),
    `    used: ${prompt.type} "${prompt.text}"`,
    promptsText(prompts, '      '),
    ...warnings.map((warning) => `    warning: ${warning}\n`),
  ].join('\n');
}

function promptsText(prompts: AllPrompts, indent = ''): string {
  return Object.entries(prompts)
    .flatMap(([type, wordings]) =>
      wordings.map((wording, index) => `${indent}${index === 0 ? type.toUpperCase() : '  '}  "${wording}"\n`),
    )
    .join('');
}

function table(rows: readonly (readonly string[])[], indent: string): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
    )
    .join('\n');
}

async function datasetOfFile(file: string): Promise<DataSet> {
  return parsePart10(await read(file)).dataset;
}
async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', file, { cause });
  }
}
function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new MaskwrightError('USAGE', `${file} is not JSON`, { cause });
  }
}
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
