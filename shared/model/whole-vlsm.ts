import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import { inBatches, outputOf, row, stack } from './batch.ts';
import type { Bundle } from './bundle.ts';
import type { Graph } from './graph.ts';
import type { Logits } from './logits.ts';
import type { ModelInput } from './manifest.ts';
import { pixelValues } from './pixels.ts';
import { mapOf } from './split-vlsm.ts';
import type { PromptTokenizer } from './tokenizer.ts';
import type { ImageFeatures, Vlsm } from './vlsm.ts';
import { wordInputs } from './words.ts';

/** One graph from words and pixels to logits, as Hugging Face's ONNX exports are; `pooled` is ours. */
const PIXELS = 'pixel_values';
const POOLED = 'pooled';

/**
 * A VLSM whose graph is not split: each prompt costs the image encoder again, and where a distance to the training images
 * is wanted one more run for each image. Bundles for daily use are better split.
 * @throws MaskwrightError BUNDLE_INVALID for training statistics of features that the graph does not give
 */
export function wholeVlsmOf(
  bundle: Bundle,
  graph: Graph,
  tokenizer: PromptTokenizer,
  batchSize?: number | undefined,
): Vlsm {
  const where = `bundle ${bundle.id}`;
  const measured = bundle.domains.size > 0;
  if (measured && !graph.outputs.includes(POOLED))
    throw new MaskwrightError('BUNDLE_INVALID', `${where}: has a domain, but its graph gives no pooled features`);

  const encodeBatch = async (images: readonly RgbImage[], input: ModelInput): Promise<ImageFeatures[]> => {
    const n = images.length;
    const pixels = pixelValues(images, input);
    // The features of the image do not depend on the words.
    const feeds = { ...wordInputs(graph, tokenizer.encode(''), n), [PIXELS]: pixels };
    const pooled = measured ? outputOf(await graph.run(feeds), POOLED, n, [undefined], where) : undefined;
    return images.map((_, index) => ({
      pooled: pooled ? row(pooled, index).data : new Float32Array(0),
      maps: new Map([[PIXELS, row(pixels, index)]]),
    }));
  };

  const segmentBatch = async (features: readonly ImageFeatures[], ids: readonly number[]): Promise<Logits[]> => {
    const n = features.length;
    const outputs = await graph.run({
      ...wordInputs(graph, ids, n),
      [PIXELS]: stack(features.map(({ maps }) => mapOf(maps, PIXELS))),
    });
    const planes = outputs.get('logits')?.dims.length === 3 ? [] : [1];
    const logits = outputOf(outputs, 'logits', n, [...planes, undefined, undefined], where);
    const [height = 0, width = 0] = logits.dims.slice(-2);
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
      const ids = tokenizer.encode(prompt);
      return inBatches(features, batchSize, (batch) => segmentBatch(batch, ids));
    },
    dispose: () => graph.dispose(),
  };
}
