import { MaskwrightError } from '@maskwright/errors';
import type { AttributeName, Prompt } from './attributes.ts';
import type { Wording } from './build.ts';

/** How many tokens a model takes, its marks for start and end among them. */
export interface TokenLimit {
  readonly maxTokens: number;
  count(words: string): number;
}

/** What a sentence can do without, first what says least about where the mask lies. The class is never left out. */
const LEAST_FIRST: readonly AttributeName[] = [
  'quality',
  'age',
  'sex',
  'findings',
  'description',
  'malignancy',
  'modality',
  'anatomy',
  'color',
  'cycle',
  'shape',
  'number',
  'size',
  'view',
  'location',
  'laterality',
];

/**
 * A prompt that the model takes whole: where it is too long, the least important phrases are left out and named in
 * `warnings`. Nothing is ever cut in the middle.
 * @throws MaskwrightError PROMPT_TOO_LONG where even the class alone does not fit
 */
export function fitPrompt(prompt: Prompt, wording: Wording, limit: TokenLimit): Prompt {
  const left: AttributeName[] = [];
  const candidates = LEAST_FIRST.filter((name) => prompt.attributes.some((one) => one.name === name));
  let fitted = prompt;
  while (limit.count(fitted.text) > limit.maxTokens) {
    const next = candidates.shift();
    if (!next) throw tooLong(prompt.text, limit);
    left.push(next);
    fitted = wording({ without: left });
  }
  const wordings = fitted.wordings.filter((words) => limit.count(words) <= limit.maxTokens);
  return {
    ...fitted,
    wordings,
    warnings: [...fitted.warnings, ...(left.length > 0 ? [shortened(prompt.text, limit, left.join(', '))] : [])],
  };
}

/**
 * A person's words, whole, or without their last phrases where they are too long; what was left out is told.
 * @throws MaskwrightError PROMPT_TOO_LONG where the first phrase alone does not fit
 */
export function fitWords(prompt: Prompt, limit: TokenLimit): Prompt {
  const phrases = prompt.text.split(/(?<=[,.:!?])\s+/u);
  const left: string[] = [];
  while (limit.count(phrases.join(' ')) > limit.maxTokens) {
    left.unshift(phrases.pop() ?? '');
    if (phrases.length === 0) throw tooLong(prompt.text, limit);
  }
  if (left.length === 0) return prompt;
  const text = phrases.join(' ').replace(/[,:]$/, '');
  const warning = shortened(prompt.text, limit, `"${left.join(' ')}"`);
  return { ...prompt, text, wordings: [text], warnings: [...prompt.warnings, warning] };
}

function shortened(text: string, { count, maxTokens }: TokenLimit, what: string): string {
  return `the prompt has ${count(text)} tokens and the model takes ${maxTokens}: ${what} was left out`;
}
function tooLong(text: string, { count, maxTokens }: TokenLimit): MaskwrightError {
  return new MaskwrightError('PROMPT_TOO_LONG', `${count(text)} tokens, the model takes ${maxTokens}`);
}
