import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import type { Bundle } from './bundle.ts';
import { type GraphOutput, openGraph } from './graph.ts';
import { SPLIT_SHAPES, WHOLE_SHAPE } from './graph-shape.ts';
import type { Logits } from './logits.ts';
import type { VlsmManifest } from './manifest.ts';
import type { Runtime } from './runtime.ts';
import { type VlsmGraphs, vlsmOf } from './split-vlsm.ts';
import { openTokenizer, type PromptTokenizer } from './tokenizer.ts';
import { wholeVlsmOf } from './whole-vlsm.ts';

/** A vision-language segmentation model: finds in images what a prompt describes. */
export interface Vlsm {
  readonly bundle: Bundle;
  readonly tokenizer: PromptTokenizer;
  /**
   * The costly half, once an image.
   * @param family in whose size the images go into the graph; default: the bundle's own
   * @throws MaskwrightError INFERENCE_FAILED
   */
  encode(images: readonly RgbImage[], family?: string): Promise<ImageFeatures[]>;
  /** One a feature set, in order; a new prompt on the same features runs only the decoder. @throws MaskwrightError INFERENCE_FAILED */
  segment(features: readonly ImageFeatures[], prompt: string): Promise<Logits[]>;
  dispose(): Promise<void>;
}
/** What the image encoder made of one image. */
export interface ImageFeatures {
  /** For the distance to the training images; empty where a whole graph has no training statistics. */
  readonly pooled: Float32Array;
  /** The decoder's inputs by name. */
  readonly maps: ReadonlyMap<string, GraphOutput>;
}

/** @throws MaskwrightError BUNDLE_INVALID, INFERENCE_FAILED where no execution provider can be used */
export async function openVlsm(bundle: Bundle, runtime: Runtime): Promise<Vlsm> {
  const { manifest } = bundle;
  if (manifest.kind !== 'vlsm')
    throw new MaskwrightError('BUNDLE_INVALID', `bundle ${bundle.id} is ${manifest.kind}, a vlsm is needed`);
  await using opened = new AsyncDisposableStack();
  const vlsm = await open(bundle, manifest, runtime, opened);
  opened.move();
  return vlsm;
}

async function open(
  bundle: Bundle,
  { graphs, tokenizer: file }: VlsmManifest,
  runtime: Runtime,
  opened: AsyncDisposableStack,
): Promise<Vlsm> {
  const tokenizer = await openTokenizer(bundle, file);
  if ('whole' in graphs) {
    const whole = await openGraph(bundle, 'whole', graphs.whole, WHOLE_SHAPE, runtime);
    opened.defer(() => whole.dispose());
    return wholeVlsmOf(bundle, whole, tokenizer, runtime.batchSize);
  }
  const part = async (name: keyof VlsmGraphs) => {
    const graph = await openGraph(bundle, name, graphs[name], SPLIT_SHAPES[name], runtime);
    opened.defer(() => graph.dispose());
    return graph;
  };
  const parts = { text: await part('text'), image: await part('image'), decoder: await part('decoder') };
  return vlsmOf(bundle, parts, tokenizer, runtime.batchSize);
}
