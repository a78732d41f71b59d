import { readFile } from 'node:fs/promises';
import type { RgbImage } from '@maskwright/image';
import { describe, expect, test, vi } from 'vitest';
import { type Bundle, loadBundle } from './bundle.ts';
import { openConventional } from './conventional.ts';
import { openGraph } from './graph.ts';
import { vlsmOf } from './split-vlsm.ts';
import { copyOfModels, notANumber, tinyModels, tinySplit } from './testdata/tampered.ts';
import { openTokenizer } from './tokenizer.ts';
import { openVlsm } from './vlsm.ts';

const runtime = { executionProviders: ['cpu'], threads: 1 } as const;

/** One colour; 255 is 1 after normalisation, 127 is 0. */
function plain(red: number, green: number, blue: number, side = 8): RgbImage {
  return {
    width: side,
    height: side,
    data: new Uint8Array(side * side * 3).map((_, i) => [red, green, blue][i % 3] ?? 0),
  };
}
async function tinyVlsm() {
  return loadBundle(`${tinyModels}/tiny-vlsm`);
}
/** A VLSM whose graphs' runs are counted. */
async function countedVlsm(bundle: Bundle, batchSize?: number) {
  const { manifest } = bundle;
  if (manifest.kind !== 'vlsm' || 'whole' in manifest.graphs) throw new TypeError('not a split vlsm');
  const files = manifest.graphs;
  const open = async (name: 'text' | 'image' | 'decoder') => {
    const graph = await openGraph(bundle, name, files[name], { inputs: [], outputs: [], moreInputs: true }, runtime);
    return { ...graph, run: vi.fn(graph.run) };
  };
  const graphs = { text: await open('text'), image: await open('image'), decoder: await open('decoder') };
  return { vlsm: vlsmOf(bundle, graphs, await openTokenizer(bundle, manifest.tokenizer), batchSize), graphs };
}

describe('a VLSM', () => {
  test('gives logits of image and words, and pooled features', async () => {
    const vlsm = await openVlsm(await tinyVlsm(), runtime);
    const features = await vlsm.encode([plain(255, 255, 255), plain(127, 127, 127, 20)]);
    expect(features.map(({ pooled }) => [...pooled])).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    // [CLS] left lung [SEP] = rows 2, 4, 6, 3 of the table: mean of .4 .5 .8 .9 1.2 1.3 .6 .7 is 0.8
    const [white, grey] = await vlsm.segment(features, 'left lung');
    expect(white).toMatchObject({ width: 8, height: 8 });
    expect(white?.data.every((logit) => Math.abs(logit - 1.8) < 1e-6)).toBe(true);
    expect(grey?.data.every((logit) => Math.abs(logit - 0.8) < 1e-6)).toBe(true);
    await vlsm.dispose();
  });

  test('encodes words once a prompt, and runs only the decoder for another prompt', async () => {
    const { vlsm, graphs } = await countedVlsm(await tinyVlsm());
    const features = await vlsm.encode([plain(0, 0, 0)]);
    const left = await vlsm.segment(features, 'left lung');
    await vlsm.segment(features, 'right lung');
    expect(await vlsm.segment(features, 'left lung')).toEqual(left);
    expect(graphs.image.run).toHaveBeenCalledTimes(1);
    expect(graphs.text.run).toHaveBeenCalledTimes(2);
    expect(graphs.decoder.run).toHaveBeenCalledTimes(3);
    await vlsm.dispose();
  });

  test('refuses a prompt that is too long rather than cut it, and works on', async () => {
    const vlsm = await openVlsm(await tinyVlsm(), runtime);
    const features = await vlsm.encode([plain(0, 0, 0)]);
    await expect(vlsm.segment(features, 'left lung right lung heart')).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: 'the prompt has 7 tokens, the model takes 6',
    });
    expect(await vlsm.segment(features, 'left lung right lung')).toHaveLength(1);
    await vlsm.dispose();
  });

  test('takes a volume a batch at a time, in order', async () => {
    const { vlsm, graphs } = await countedVlsm(await tinyVlsm(), 2);
    const slices = [255, 127, 255, 127, 127].map((value) => plain(value, value, value));
    const features = await vlsm.encode(slices);
    const logits = await vlsm.segment(features, 'heart');
    expect(features.map(({ pooled }) => pooled[0])).toEqual([1, 0, 1, 0, 0]);
    expect(logits.map(({ data }) => Math.round((data[0] ?? 0) - (logits[1]?.data[0] ?? 0)))).toEqual([1, 0, 1, 0, 0]);
    expect(graphs.image.run.mock.calls.map(([feeds]) => feeds.pixel_values?.dims[0])).toEqual([2, 2, 1]);
    expect(graphs.decoder.run).toHaveBeenCalledTimes(3);
    expect(graphs.text.run).toHaveBeenCalledTimes(1);
    await vlsm.dispose();
  });

  test('does nothing for no images', async () => {
    const { vlsm, graphs } = await countedVlsm(await tinyVlsm());
    expect(await vlsm.encode([])).toEqual([]);
    expect(await vlsm.segment([], 'heart')).toEqual([]);
    expect(graphs.image.run).not.toHaveBeenCalled();
    await vlsm.dispose();
  });
});

describe('a conventional model', () => {
  test('gives logits by the name of the structure', async () => {
    const model = await openConventional(await loadBundle(`${tinyModels}/tiny-unet`), runtime);
    const [, result] = await model.segment([plain(0, 0, 0), plain(255, 127, 127)]);
    expect([...(result?.pooled ?? [])]).toEqual([1, 0, 0]);
    expect([...(result?.logits.keys() ?? [])]).toEqual(['heart']);
    expect(result?.logits.get('heart')).toEqual({ width: 8, height: 8, data: new Float32Array(64).fill(1) });
    await model.dispose();
  });
  test('that is split decodes a family by its own decoder, and every other by that of all', async () => {
    const model = await openConventional(await loadBundle(tinySplit), { ...runtime, batchSize: 2 });
    const images = [plain(255, 127, 127), plain(127, 127, 127), plain(255, 127, 127)];
    const signs = async (family?: string) =>
      (await model.segment(images, family)).map(({ logits, pooled }) => [logits.get('heart')?.data[0], pooled[0]]);
    const ofAll = [1, 0, 1].map((value) => [value, value]);
    expect(await signs()).toEqual(ofAll);
    expect(await signs('polyp')).toEqual(ofAll);
    expect(await signs('chest-xray')).toEqual([1, 0, 1].map((value) => [expect.closeTo(-value), value]));
    await model.dispose();
  });
  test('refuses outputs that are not numbers', async () => {
    await using copy = await copyOfModels();
    await copy.exchange('tiny-unet', 'whole.onnx', await readFile(notANumber));
    const model = await openConventional(await loadBundle(copy.path('tiny-unet')), runtime);
    await expect(model.segment([plain(0, 0, 0)])).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringMatching(/tiny-unet, whole\.onnx: output logits holds values that are not numbers/),
    });
    await model.dispose();
  });
});

describe('opening', () => {
  test('refuses a file that changed after the bundle was loaded', async () => {
    await using copy = await copyOfModels();
    const bundle = await loadBundle(copy.path('tiny-unet'));
    await copy.exchange('tiny-unet', 'whole.onnx', await readFile(notANumber));
    await expect(openConventional(bundle, runtime)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  });
  test('refuses a bundle of the other kind', async () => {
    await expect(openConventional(await tinyVlsm(), runtime)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    await expect(openVlsm(await loadBundle(`${tinyModels}/tiny-unet`), runtime)).rejects.toThrow(/is conventional/);
  });
});
