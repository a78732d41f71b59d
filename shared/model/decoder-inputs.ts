import { MaskwrightError } from '@maskwright/errors';
import type { Graph } from './graph.ts';

/**
 * What a decoder can ask for of the text graph's outputs: a row for each token (float32 [N, tokens, width], with
 * attention_mask beside it), or one for the whole prompt ([N, width]).
 */
export const WORDS = { tokens: 'last_hidden_state', text_embeds: 'text_embeds' } as const;
export type Words = keyof typeof WORDS;
export const MASK = 'attention_mask';

/**
 * Where a decoder's inputs come from: words from the text graph, everything else from the image graph.
 * @throws MaskwrightError BUNDLE_INVALID where the decoder needs what they do not give
 */
export function decoderInputs(
  {
    text,
    image,
    decoder,
  }: {
    readonly text: Pick<Graph, 'outputs'>;
    readonly image: Pick<Graph, 'outputs'>;
    readonly decoder: Pick<Graph, 'inputs'>;
  },
  where: string,
) {
  const refuse = (what: string) => {
    throw new MaskwrightError('BUNDLE_INVALID', `${where}: ${what}`);
  };
  const names: readonly Words[] = ['tokens', 'text_embeds'];
  const wordNames = names.filter((name) => decoder.inputs.includes(name));
  if (wordNames.length === 0)
    refuse(`the decoder takes no words (tokens or text_embeds); it has ${decoder.inputs.join(', ')}`);
  const silent = wordNames.map((name) => WORDS[name]).filter((name) => !text.outputs.includes(name));
  if (silent.length > 0)
    refuse(`the decoder needs ${silent.join(', ')}, the text graph gives ${text.outputs.join(', ')}`);
  const mapNames = decoder.inputs.filter((name) => name !== MASK && !names.some((word) => word === name));
  checkMaps(mapNames, image, where);
  return { wordNames, mapNames, masked: decoder.inputs.includes(MASK) };
}

/** @throws MaskwrightError BUNDLE_INVALID where a decoder needs what the image graph does not give */
export function checkMaps(names: readonly string[], image: Pick<Graph, 'outputs'>, where: string): void {
  const missing = names.filter((name) => !image.outputs.includes(name));
  if (missing.length > 0)
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `${where}: the decoder needs ${missing.join(', ')}, the image graph gives ${image.outputs.join(', ')}`,
    );
}
