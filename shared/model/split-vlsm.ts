import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import { inBatches, outputOf, row, stack } from './batch.ts';
import type { Bundle } from './bundle.ts';
import { decoderInputs, MASK, WORDS, type Words } from './decoder-inputs.ts';
import type { Graph, GraphInput, GraphOutput } from './graph.ts';
import type { Logits } from './logits.ts';
import type { ModelInput } from './manifest.ts';
import { pixelValues } from './pixels.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { PromptTokenizer } from './tokenizer.ts';
import type { ImageFeatures, Vlsm } from './vlsm.ts';
import { ones, wordInputs } from './words.ts';

/** Three graphs: words once a prompt, features once an image, and for each pair only the decoder. */
export interface VlsmGraphs {
  readonly text: Graph;
  readonly image: Graph;
  readonly decoder: Graph;
}

/** Prompts that are kept encoded. */
const PROMPTS_KEPT = 256;

/** @throws MaskwrightError BUNDLE_INVALID where the decoder needs what text and image graph do not give */
export function vlsmOf(
  bundle: Bundle,
  graphs: VlsmGraphs,
  tokenizer: PromptTokenizer,
  batchSize?: number | undefined,
): Vlsm {
  const where = `bundle ${bundle.id}`;
  const { wordNames, mapNames, masked } = decoderInputs(graphs, where);
  const prompts = new RecentlyUsed<ReadonlyMap<Words, GraphOutput>>(PROMPTS_KEPT);

  // One prompt at a time: a text graph in int8 scales by its whole input, so a neighbour would change the result.
  const encodeText = async (prompt: string): Promise<ReadonlyMap<Words, GraphOutput>> => {
    const ids = tokenizer.encode(prompt);
    const outputs = await graphs.text.run(wordInputs(graphs.text, ids, 1));
    const shapes = { tokens: [ids.length, undefined], text_embeds: [undefined] };
    return new Map(wordNames.map((name) => [name, row(outputOf(outputs, WORDS[name], 1, shapes[name], where), 0)]));
  };

  const encodeBatch = async (images: readonly RgbImage[], input: ModelInput): Promise<ImageFeatures[]> => {
    const outputs = await graphs.image.run({ pixel_values: pixelValues(images, input) });
    const pooled = outputOf(outputs, 'pooled', images.length, [undefined], where);
    const maps = mapNames.map((name) => [name, outputOf(outputs, name, images.length, undefined, where)] as const);
    return images.map((_, n) => ({
      pooled: row(pooled, n).data,
      maps: new Map(maps.map(([name, map]) => [name, row(map, n)])),
    }));
  };

  const segmentBatch = async (
    features: readonly ImageFeatures[],
    words: ReadonlyMap<Words, GraphOutput>,
  ): Promise<Logits[]> => {
    const n = features.length;
    const feeds: Record<string, GraphInput> = {};
    for (const [name, output] of words) feeds[name] = stack(features.map(() => output));
    if (masked) feeds[MASK] = ones(n, words.get('tokens')?.dims[0] ?? 0);
    for (const name of mapNames) feeds[name] = stack(features.map(({ maps }) => mapOf(maps, name)));
    const logits = outputOf(await graphs.decoder.run(feeds), 'logits', n, [1, undefined, undefined], where);
    const [, , height = 0, width = 0] = logits.dims;
    return features.map((_, index) => ({ width, height, data: row(logits, index).data }));
  };

  return {
    bundle,
    tokenizer,
    encode: (images, family) => {
      const input = bundle.inputFor(family);
      return inBatches(images, batchSize, (batch) => encodeBatch(batch, input));
    },
    async segment(features, prompt) {
      if (features.length === 0) return [];
      const words = await prompts.get(prompt, () => encodeText(prompt));
      return inBatches(features, batchSize, (batch) => segmentBatch(batch, words));
    },
    async dispose() {
      await Promise.all([graphs.text.dispose(), graphs.image.dispose(), graphs.decoder.dispose()]);
    },
  };
}

/** @throws MaskwrightError INFERENCE_FAILED for features that another model made */
export function mapOf(maps: ImageFeatures['maps'], name: string): GraphOutput {
  const map = maps.get(name);
  if (!map) throw new MaskwrightError('INFERENCE_FAILED', `the features have no ${name}: another model made them`);
  return map;
}
