import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import { inBatches, outputOf, row, stack } from './batch.ts';
import type { Bundle } from './bundle.ts';
import { type Graph, type GraphInput, type GraphOutput, openGraph } from './graph.ts';
import type { Logits } from './logits.ts';
import { pixelValues } from './pixels.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { Runtime } from './runtime.ts';
import { openTokenizer, type PromptTokenizer } from './tokenizer.ts';

/** A vision-language segmentation model: finds in images what a prompt describes. */
export interface Vlsm {
  readonly bundle: Bundle;
  /** The costly half, once an image. @throws MaskwrightError INFERENCE_FAILED */
  encode(images: readonly RgbImage[]): Promise<ImageFeatures[]>;
  /** One a feature set, in order; a new prompt on the same features runs only the decoder. @throws MaskwrightError INFERENCE_FAILED */
  segment(features: readonly ImageFeatures[], prompt: string): Promise<Logits[]>;
  dispose(): Promise<void>;
}
/** What the image encoder made of one image. */
export interface ImageFeatures {
  /** For the distance to the training images. */
  readonly pooled: Float32Array;
  /** The decoder's inputs by name. */
  readonly maps: ReadonlyMap<string, GraphOutput>;
}

export interface VlsmGraphs {
  readonly text: Graph;
  readonly image: Graph;
  readonly decoder: Graph;
}

/** @throws MaskwrightError BUNDLE_INVALID, INFERENCE_FAILED where no execution provider can be used */
export async function openVlsm(bundle: Bundle, runtime: Runtime): Promise<Vlsm> {
  const { manifest } = bundle;
  if (manifest.kind !== 'vlsm')
    throw new MaskwrightError('BUNDLE_INVALID', `bundle ${bundle.id} is ${manifest.kind}, a vlsm is needed`);
  const { graphs } = manifest;
  const tokenizer = await openTokenizer(bundle, manifest.tokenizer);
  await using opened = new AsyncDisposableStack();
  const open = async (name: keyof VlsmGraphs) => {
    const graph = await openGraph(bundle, name, graphs[name], SHAPES[name], runtime);
    opened.defer(() => graph.dispose());
    return graph;
  };
  const vlsm = vlsmOf(
    bundle,
    { text: await open('text'), image: await open('image'), decoder: await open('decoder') },
    tokenizer,
    runtime.batchSize,
  );
  opened.move();
  return vlsm;
}

const SHAPES = {
  text: { inputs: ['input_ids', 'attention_mask', 'token_type_ids'], outputs: ['last_hidden_state'] },
  image: { inputs: ['pixel_values'], outputs: ['pooled'] },
  decoder: { inputs: ['tokens', 'attention_mask'], outputs: ['logits'], moreInputs: true },
} as const;

/** Prompts that are kept encoded. */
const PROMPTS_KEPT = 256;

/** @throws MaskwrightError BUNDLE_INVALID where the decoder needs features that the image graph does not give */
export function vlsmOf(
  bundle: Bundle,
  graphs: VlsmGraphs,
  tokenizer: PromptTokenizer,
  batchSize?: number | undefined,
): Vlsm {
  const { input } = bundle.manifest;
  const where = `bundle ${bundle.id}`;
  const mapNames = graphs.decoder.inputs.filter((name) => name !== 'tokens' && name !== 'attention_mask');
  const missing = mapNames.filter((name) => !graphs.image.outputs.includes(name));
  if (missing.length > 0)
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `${where}: the decoder needs ${missing.join(', ')}, the image graph gives ${graphs.image.outputs.join(', ')}`,
    );
  const prompts = new RecentlyUsed<GraphOutput>(PROMPTS_KEPT);

  // One prompt at a time: a text graph in int8 scales by its whole input, so a neighbour would change the result.
  const encodeText = async (prompt: string): Promise<GraphOutput> => {
    const ids = tokenizer.encode(prompt);
    const outputs = await graphs.text.run({
      input_ids: integers([1, ids.length], (i) => ids[i] ?? 0),
      attention_mask: integers([1, ids.length], () => 1),
      token_type_ids: integers([1, ids.length], () => 0),
    });
    return row(outputOf(outputs, 'last_hidden_state', 1, [ids.length, undefined], where), 0);
  };

  const encodeBatch = async (images: readonly RgbImage[]): Promise<ImageFeatures[]> => {
    const outputs = await graphs.image.run({ pixel_values: pixelValues(images, input) });
    const pooled = outputOf(outputs, 'pooled', images.length, [undefined], where);
    const maps = mapNames.map((name) => {
      const any = [undefined, undefined, undefined];
      return [name, outputOf(outputs, name, images.length, any, where)] as const;
    });
    return images.map((_, n) => ({
      pooled: row(pooled, n).data,
      maps: new Map(maps.map(([name, map]) => [name, row(map, n)])),
    }));
  };

  const segmentBatch = async (features: readonly ImageFeatures[], tokens: GraphOutput): Promise<Logits[]> => {
    const n = features.length;
    const feeds: Record<string, GraphInput> = {
      tokens: stack(features.map(() => tokens)),
      attention_mask: integers([n, tokens.dims[0] ?? 0], () => 1),
    };
    for (const name of mapNames) feeds[name] = stack(features.map(({ maps }) => mapOf(maps, name)));
    const logits = outputOf(await graphs.decoder.run(feeds), 'logits', n, [1, undefined, undefined], where);
    const [, , height = 0, width = 0] = logits.dims;
    return features.map((_, index) => ({ width, height, data: row(logits, index).data }));
  };

  return {
    bundle,
    encode: (images) => inBatches(images, batchSize, encodeBatch),
    async segment(features, prompt) {
      if (features.length === 0) return [];
      const tokens = await prompts.get(prompt, () => encodeText(prompt));
      return inBatches(features, batchSize, (batch) => segmentBatch(batch, tokens));
    },
    async dispose() {
      await Promise.all([graphs.text.dispose(), graphs.image.dispose(), graphs.decoder.dispose()]);
    },
  };
}

function mapOf(maps: ImageFeatures['maps'], name: string): GraphOutput {
  const map = maps.get(name);
  if (!map) throw new MaskwrightError('INFERENCE_FAILED', `the features have no ${name}: another model made them`);
  return map;
}

function integers(dims: readonly [number, number], value: (index: number) => number): GraphInput {
  return { type: 'int64', dims, data: BigInt64Array.from({ length: dims[0] * dims[1] }, (_, i) => BigInt(value(i))) };
}
