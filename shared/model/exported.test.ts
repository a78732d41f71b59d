import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { largestDifference, openExported, readCase } from '../../bench/exported-case.ts';

/** Made by tools/export/fixtures.py: the code that exports checkpoints, at few layers of small widths. */
const exported = path.join(import.meta.dirname, 'testdata/exported');
/** What the product promises of every export (bench/results/agreement.md has the true sizes). */
const TOLERANCE = 1e-3;

const forms: readonly (readonly [architecture: string, form: string])[] = [
  ['clipseg', 'whole'],
  ['clipseg', 'split'],
  ['cris', 'whole'],
  ['cris', 'split'],
  ['biomedclipseg', 'whole'],
  ['biomedclipseg', 'split'],
  ['unet', 'whole'],
  ['unetplusplus', 'whole'],
  ['deeplabv3plus', 'whole'],
];

describe('an exported model', () => {
  test.each(forms)('%s, %s, gives the logits that PyTorch gave', async (architecture, form) => {
    const model = await openExported(path.join(exported, 'models', `${architecture}-${form}`));
    const expected = await readCase(path.join(exported, 'cases', architecture));
    expect(await largestDifference(model, expected)).toBeLessThan(TOLERANCE);
    await model.model.dispose();
  });

  // Otherwise the agreement above would say nothing of words and pixels.
  test.each(forms)('%s, %s, answers to its image and its prompt', async (architecture, form) => {
    const model = await openExported(path.join(exported, 'models', `${architecture}-${form}`));
    const { images, prompts, logits } = await readCase(path.join(exported, 'cases', architecture));
    const swapped = new Float32Array(logits.length);
    const size = logits.length / prompts.length;
    for (const n of prompts.keys())
      swapped.set(logits.subarray(n * size, (n + 1) * size), (prompts.length - 1 - n) * size);
    if (prompts.length > 1)
      expect(await largestDifference(model, { images, prompts, logits: swapped })).toBeGreaterThan(100 * TOLERANCE);
    expect(await largestDifference(model, { images: images.toReversed(), prompts, logits })).toBeGreaterThan(
      100 * TOLERANCE,
    );
    await model.model.dispose();
  });
});
