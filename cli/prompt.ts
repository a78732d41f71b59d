import { type Catalogue, FAMILIES, loadCatalogue } from '@maskwright/catalogue';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { loadBundles, openTokenizer, type PromptTokenizer } from '@maskwright/model';
import { type AllPrompts, allPrompts, attributesJsonSchema, parseAttributes } from '@maskwright/prompt';
import { reportOn } from './prompt-report.ts';
import { promptsText, reportText } from './prompt-text.ts';
import { readJson } from './read-file.ts';

export interface PromptArguments {
  /** A DICOM file. */
  readonly file?: string;
  /** SR documents of the same study, as DICOM files. */
  readonly report?: readonly string[];
  /** PNG of the file's size: what it shows counts as a first-pass mask. */
  readonly mask?: string;
  /** The file's task, instead of the one whose rules select it. */
  readonly task?: string;
  readonly family?: string;
  /** JSON file with one object of attributes, or an array of them. */
  readonly attributes?: string;
  /** Print the JSON Schema of the attributes. */
  readonly schema?: boolean;
  readonly json?: boolean;
}
export interface PromptContext {
  readonly catalogueDirectory: string;
  /** Counts the tokens of a bundle's prompts; undefined where the bundle is not there. */
  readonly tokenizer: (bundle: string) => Promise<PromptTokenizer | undefined>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** `maskwright prompt`: attributes with provenance and prompts P0 … P9. @returns the exit code */
export async function prompt(args: PromptArguments, context: PromptContext): Promise<0 | 1 | 2> {
  try {
    context.stdout(await answer(args, context));
    return 0;
  } catch (error) {
    context.stderr(`${describeError(error)}\n`);
    return error instanceof MaskwrightError && error.code === 'USAGE' ? 2 : 1;
  }
}

async function answer(args: PromptArguments, context: PromptContext): Promise<string> {
  if (args.schema) return json(attributesJsonSchema());
  const catalogue = await loadCatalogue(context.catalogueDirectory);
  if (args.file !== undefined) {
    const { file, report = [], mask, task } = args;
    const told = await reportOn(catalogue, { file, reports: report, mask, task }, context.tokenizer);
    return args.json ? json(told) : reportText(told);
  }
  if (args.family !== undefined && args.attributes !== undefined) {
    const answers = await promptsOfAttributes(catalogue, args.family, args.attributes);
    if (args.json) return json(answers);
    return [answers]
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
  const value = await readJson(file);
  const answers = parseAttributes(value, templates, file).map((attributes) => allPrompts(templates, attributes));
  const [only] = answers;
  return Array.isArray(value) || !only ? answers : only;
}

/** Tokenizers of a folder's bundles; a bundle that is not there, or has no words, has none. */
export function tokenizersIn(directory: string): PromptContext['tokenizer'] {
  const shelf = loadBundles(directory).catch(() => undefined);
  return async (id) => {
    const bundle = (await shelf)?.all.find((one) => one.id === id);
    return bundle?.manifest.kind === 'vlsm' ? openTokenizer(bundle, bundle.manifest.tokenizer) : undefined;
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
