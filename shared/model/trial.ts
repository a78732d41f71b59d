import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import type { Bundle } from './bundle.ts';
import { type ConventionalResult, openConventional } from './conventional.ts';
import type { Logits } from './logits.ts';
import type { ModelInput } from './manifest.ts';
import type { Runtime } from './runtime.ts';
import { openVlsm } from './vlsm.ts';

/** What a bundle gave for two images. */
export interface Trial {
  /** Size of its logits in pixels. */
  readonly width: number;
  readonly height: number;
  /** Length of the pooled features; 0 where the bundle has none. */
  readonly pooled: number;
}

/**
 * Opens a bundle's graphs and tokenizer and runs them on two images of its own size, and of each family that has a size or a
 * decoder for itself, to see what the files do not tell: that the runtime takes the graphs, also for a batch, and that numbers come out,
 * as long as the training statistics.
 * @throws MaskwrightError BUNDLE_INVALID, INFERENCE_FAILED
 */
export async function tryBundle(bundle: Bundle, runtime: Runtime): Promise<Trial> {
  const trial = await (bundle.kind === 'vlsm' ? tryVlsm : tryConventional)(bundle, runtime);
  for (const [family, { dim }] of bundle.domains)
    if (dim !== trial.pooled)
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        `the graph gives ${trial.pooled} pooled features, the statistics of ${family} have ${dim}`,
      );
  return trial;
}

async function tryVlsm(bundle: Bundle, runtime: Runtime): Promise<Trial> {
  const vlsm = await openVlsm(bundle, runtime);
  try {
    return await tryEachSize(bundle, async (images, family) => {
      const features = await vlsm.encode(images, family);
      const logits = await vlsm.segment(features, bundle.manifest.classes[0]?.name ?? '');
      return trialOf(logits, features[0]?.pooled.length ?? 0);
    });
  } finally {
    await vlsm.dispose();
  }
}

async function tryConventional(bundle: Bundle, runtime: Runtime): Promise<Trial> {
  const model = await openConventional(bundle, runtime);
  try {
    return await tryEachSize(bundle, async (images, family) => {
      const results = await model.segment(images, family);
      const planes = results.flatMap(({ logits }: ConventionalResult) => [...logits.values()]);
      return trialOf(planes, results[0]?.pooled.length ?? 0);
    });
  } finally {
    await model.dispose();
  }
}

/** What the bundle gives for its own size, which comes last. */
async function tryEachSize(
  { manifest, inputFor }: Bundle,
  run: (images: readonly RgbImage[], family?: string) => Promise<Trial>,
): Promise<Trial> {
  const imagesOf = ({ width, height }: ModelInput) => [ramp(width, height, 1), ramp(width, height, 7)];
  for (const [family, { input, decoder }] of Object.entries(manifest.domain))
    if (input || decoder) await run(imagesOf(inputFor(family)), family);
  return await run(imagesOf(manifest.input));
}

function trialOf(logits: readonly Logits[], pooled: number): Trial {
  const [first] = logits;
  if (!first || first.width === 0 || first.height === 0)
    throw new MaskwrightError('BUNDLE_INVALID', 'the graph gives no logits for any class of the manifest');
  return { width: first.width, height: first.height, pooled };
}

/** Every value from black to white, so that no arithmetic of the graph stays unseen. */
function ramp(width: number, height: number, step: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * step) % 256) };
}
