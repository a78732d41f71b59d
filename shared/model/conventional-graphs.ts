import { outputOf } from './batch.ts';
import type { Bundle } from './bundle.ts';
import { checkMaps } from './decoder-inputs.ts';
import { type Graph, type GraphInput, type GraphOutput, openGraph } from './graph.ts';
import { CONVENTIONAL_SHAPE, type GraphShape, SPLIT_SHAPES } from './graph-shape.ts';
import type { CheckedFile, ConventionalManifest } from './manifest.ts';
import type { Runtime } from './runtime.ts';

/** The graphs of a conventional model as if they were one. */
export interface ConventionalGraphs {
  /**
   * @param pixels `pixel_values`, float32 [n, 3, height, width]
   * @param family whose decoder is taken; where it has none of its own, or none is named, that of all
   * @returns `logits` and `pooled`, and what else the graphs give
   * @throws MaskwrightError INFERENCE_FAILED
   */
  run(pixels: GraphInput, family: string | undefined): Promise<ReadonlyMap<string, GraphOutput>>;
  dispose(): Promise<void>;
}

/** @throws MaskwrightError BUNDLE_INVALID, INFERENCE_FAILED where no execution provider can be used */
export async function openConventionalGraphs(
  bundle: Bundle,
  { graphs, domain }: ConventionalManifest,
  runtime: Runtime,
): Promise<ConventionalGraphs> {
  await using opened = new AsyncDisposableStack();
  const open = async (name: string, file: CheckedFile, shape: GraphShape): Promise<Graph> => {
    const graph = await openGraph(bundle, name, file, shape, runtime);
    opened.defer(() => graph.dispose());
    return graph;
  };
  if ('whole' in graphs) {
    const whole = await open('whole', graphs.whole, CONVENTIONAL_SHAPE);
    const kept = opened.move();
    return { run: (pixels) => whole.run({ pixel_values: pixels }), dispose: () => kept.disposeAsync() };
  }
  const image = await open('image', graphs.image, SPLIT_SHAPES.image);
  const openDecoder = async (file: CheckedFile): Promise<Graph> => {
    const decoder = await open('decoder', file, SPLIT_SHAPES.decoder);
    checkMaps(decoder.inputs, image, `bundle ${bundle.id}, ${file.file}`);
    return decoder;
  };
  const decoder = await openDecoder(graphs.decoder);
  const own = new Map<string, Graph>();
  for (const [family, one] of Object.entries(domain)) if (one.decoder) own.set(family, await openDecoder(one.decoder));
  const kept = opened.move();
  return {
    async run(pixels, family) {
      const features = await image.run({ pixel_values: pixels });
      const taken = own.get(family ?? '') ?? decoder;
      const maps: Record<string, GraphInput> = {};
      for (const name of taken.inputs) {
        const map = outputOf(features, name, pixels.dims[0] ?? 0, undefined, `bundle ${bundle.id}`);
        maps[name] = { type: 'float32', ...map };
      }
      return new Map([...features, ...(await taken.run(maps))]);
    },
    dispose: () => kept.disposeAsync(),
  };
}
