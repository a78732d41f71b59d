import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import type { RgbImage } from '@maskwright/image';
import { type Conventional, loadBundle, openConventional, openVlsm, type Vlsm } from '@maskwright/model';
import { z } from 'zod';

const caseSchema = z.strictObject({
  side: z.int().positive(),
  images: z.int().positive(),
  /** One empty prompt for models that take none. */
  prompts: z.array(z.string()).min(1),
  /** prompts × images × channels × height × width. */
  logits: z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()]),
});

/** Images, prompts and PyTorch's logits of them, as tools/export/case.py writes them. */
export interface ExportedCase {
  readonly images: readonly RgbImage[];
  readonly prompts: readonly string[];
  /** float32, prompts × images × channels × height × width. */
  readonly logits: Float32Array;
}

export async function readCase(folder: string): Promise<ExportedCase> {
  const { side, images, prompts, logits } = caseSchema.parse(
    JSON.parse(await readFile(path.join(folder, 'case.json'), 'utf8')),
  );
  const pixels = await readFile(path.join(folder, 'images.rgb'));
  const size = side * side * 3;
  const floats = new Uint8Array(await readFile(path.join(folder, 'logits.f32')));
  const expected = new Float32Array(floats.buffer);
  if (pixels.length !== images * size || expected.length !== logits.reduce((a, b) => a * b))
    throw new RangeError(`${folder}: the files do not fit case.json`);
  return {
    images: Array.from({ length: images }, (_, n) => ({
      width: side,
      height: side,
      data: new Uint8Array(pixels.subarray(n * size, (n + 1) * size)),
    })),
    prompts,
    logits: expected,
  };
}

/** An exported model in the product's own runtime, whatever its kind. */
export interface ExportedModel {
  readonly model: Vlsm | Conventional;
  /** Logits of one prompt, images × channels × height × width. */
  logitsOf(images: readonly RgbImage[], prompt: string): Promise<Float32Array>;
}

/** On the CPU with one thread. */
export async function openExported(folder: string): Promise<ExportedModel> {
  const runtime = { executionProviders: ['cpu'], threads: 1 } as const;
  const bundle = await loadBundle(folder);
  if (bundle.kind === 'vlsm') {
    const model = await openVlsm(bundle, runtime);
    return {
      model,
      logitsOf: async (images, prompt) =>
        joined((await model.segment(await model.encode(images), prompt)).map(({ data }) => data)),
    };
  }
  const model = await openConventional(bundle, runtime);
  const { manifest } = bundle;
  if (manifest.kind !== 'conventional')
    throw new MaskwrightError('BUNDLE_INVALID', `${folder}: two kinds in one bundle`);
  const names = manifest.classes.toSorted((a, b) => a.channel - b.channel).map(({ name }) => name);
  return {
    model,
    async logitsOf(images) {
      const results = await model.segment(images);
      return joined(results.flatMap(({ logits }) => names.map((name) => logits.get(name)?.data ?? new Float32Array())));
    },
  };
}

/** The largest difference between what the product computes and what PyTorch did. @throws RangeError for another size */
export async function largestDifference(
  exported: ExportedModel,
  { images, prompts, logits }: ExportedCase,
): Promise<number> {
  const size = logits.length / prompts.length;
  let largest = 0;
  for (const [n, prompt] of prompts.entries()) {
    const found = await exported.logitsOf(images, prompt);
    if (found.length !== size) throw new RangeError(`${found.length} logits, PyTorch made ${size}`);
    for (const [i, value] of found.entries())
      largest = Math.max(largest, Math.abs(value - (logits[n * size + i] ?? Number.NaN)));
  }
  return largest;
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of rows) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
