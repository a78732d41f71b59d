import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import { inBatches, outputOf, row } from './batch.ts';
import type { Bundle } from './bundle.ts';
import { openConventionalGraphs } from './conventional-graphs.ts';
import type { Logits } from './logits.ts';
import { pixelValues } from './pixels.ts';
import type { Runtime } from './runtime.ts';

/** A segmentation model with a fixed list of structures and no prompt. */
export interface Conventional {
  readonly bundle: Bundle;
  /**
   * One an image, in order; logits by the structure's name.
   * @param family in whose size the images go in, and whose decoder is taken; default: the bundle's own
   * @throws MaskwrightError INFERENCE_FAILED
   */
  segment(images: readonly RgbImage[], family?: string): Promise<ConventionalResult[]>;
  dispose(): Promise<void>;
}
export interface ConventionalResult {
  readonly pooled: Float32Array;
  readonly logits: ReadonlyMap<string, Logits>;
}

/** @throws MaskwrightError BUNDLE_INVALID, INFERENCE_FAILED where no execution provider can be used */
export async function openConventional(bundle: Bundle, runtime: Runtime): Promise<Conventional> {
  const { manifest } = bundle;
  if (manifest.kind !== 'conventional')
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `bundle ${bundle.id} is ${manifest.kind}, a conventional one is needed`,
    );
  const graphs = await openConventionalGraphs(bundle, manifest, runtime);
  const where = `bundle ${bundle.id}`;
  const channels = new Map(manifest.classes.map(({ name, channel }) => [name, channel]));
  const segmentBatch = async (
    images: readonly RgbImage[],
    family: string | undefined,
  ): Promise<ConventionalResult[]> => {
    const outputs = await graphs.run(pixelValues(images, bundle.inputFor(family)), family);
    const pooled = outputOf(outputs, 'pooled', images.length, [undefined], where);
    const logits = outputOf(outputs, 'logits', images.length, [undefined, undefined, undefined], where);
    const [, count = 0, height = 0, width = 0] = logits.dims;
    for (const [name, channel] of channels)
      if (channel >= count)
        throw new MaskwrightError('BUNDLE_INVALID', `${where}: ${name} is channel ${channel}, the graph has ${count}`);
    return images.map((_, n) => {
      const planes = row(logits, n);
      const plane = (channel: number): Logits => ({ width, height, data: row(planes, channel).data });
      return {
        pooled: row(pooled, n).data,
        logits: new Map([...channels].map(([name, channel]) => [name, plane(channel)])),
      };
    });
  };
  return {
    bundle,
    segment: (images, family) => inBatches(images, runtime.batchSize, (batch) => segmentBatch(batch, family)),
    dispose: () => graphs.dispose(),
  };
}
