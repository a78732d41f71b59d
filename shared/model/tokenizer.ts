import { Tokenizer } from '@huggingface/tokenizers';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { type Bundle, parseJson } from './bundle.ts';
import { readChecked } from './checked-file.ts';
import type { VlsmManifest } from './manifest.ts';

/** Turns a prompt into token ids, with the model's marks for start and end. */
export interface PromptTokenizer {
  /** The most tokens that the model takes, its marks for start and end among them. */
  readonly maxTokens: number;
  count(prompt: string): number;
  /** @throws MaskwrightError INFERENCE_FAILED for a prompt that is longer than the model takes: it is never cut */
  encode(prompt: string): readonly number[];
}

/** @throws MaskwrightError BUNDLE_INVALID */
export async function openTokenizer(bundle: Bundle, file: VlsmManifest['tokenizer']): Promise<PromptTokenizer> {
  const json = z.looseObject({}).safeParse(parseJson(await readChecked(bundle.directory, file), file.file));
  if (!json.success) throw new MaskwrightError('BUNDLE_INVALID', `bundle ${bundle.id}, ${file.file}: not an object`);
  // The file may ask to pad or cut; the one is not needed, the other would drop words unseen.
  const tokenizer = createTokenizer(bundle, file.file, { ...json.data, padding: null, truncation: null });
  return {
    maxTokens: file.maxTokens,
    count: (prompt) => tokenizer.encode(prompt).ids.length,
    encode(prompt) {
      const { ids } = tokenizer.encode(prompt);
      if (ids.length > file.maxTokens)
        throw new MaskwrightError(
          'INFERENCE_FAILED',
          `the prompt has ${ids.length} tokens, the model takes ${file.maxTokens}`,
        );
      return ids;
    },
  };
}

function createTokenizer(bundle: Bundle, file: string, json: object): Tokenizer {
  try {
    const tokenizer = new Tokenizer(json, {});
    // Some faults of the file are only met where it is used.
    tokenizer.encode('word');
    return tokenizer;
  } catch (error) {
    throw new MaskwrightError('BUNDLE_INVALID', `bundle ${bundle.id}, ${file}: ${String(error)}`, { cause: error });
  }
}
