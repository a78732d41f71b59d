import { readFile } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBundle } from './bundle.ts';
import { checkGraphs } from './graph-fit.ts';
import { type Port, type Ports, portsOf } from './onnx-ports.ts';
import { tinyModels, tinySplit } from './testdata/tampered.ts';

const FLOAT = 1;
const HALF = 10;
const INT64 = 7;
const port = (type: number, ...dims: (number | undefined)[]): Port => ({ type, dims });
const graph = (inputs: Record<string, Port>, outputs: Record<string, Port>): Ports => ({
  inputs: new Map(Object.entries(inputs)),
  outputs: new Map(Object.entries(outputs)),
});

describe('portsOf', () => {
  test('reads names, types and sizes as they are in the file', async () => {
    expect(portsOf(await readFile(`${tinyModels}/tiny-unet/whole.onnx`), 'whole.onnx')).toEqual(
      graph(
        { pixel_values: port(FLOAT, undefined, 3, 8, 8) },
        { logits: port(FLOAT, undefined, 3, 8, 8), pooled: port(FLOAT, undefined, 3) },
      ),
    );
    expect([...portsOf(await readFile(`${tinyModels}/tiny-vlsm/text.onnx`), 'text.onnx').inputs]).toContainEqual([
      'input_ids',
      port(INT64, undefined, undefined),
    ]);
  });
  test('ends with ports or BUNDLE_INVALID for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          portsOf(bytes, 'a.onnx');
        } catch (error) {
          expect(error).toBeInstanceOf(MaskwrightError);
          expect(error).toMatchObject({ code: 'BUNDLE_INVALID', message: 'a.onnx is not an ONNX graph' });
        }
      }),
    );
  });
});

describe('checkGraphs', async () => {
  const { manifest, domains } = await loadBundle(`${tinyModels}/tiny-unet`);
  const pixels = port(FLOAT, undefined, 3, 8, 8);
  const logits = port(FLOAT, undefined, 3, 8, 8);
  const pooled = port(FLOAT, undefined, 3);
  test.each<[string, Ports, RegExp | undefined]>([
    ['what the manifest says', graph({ pixel_values: pixels }, { logits, pooled }), undefined],
    [
      'sizes that are left open',
      graph({ pixel_values: port(FLOAT, undefined, undefined, undefined, undefined) }, { logits: { type: 0 }, pooled }),
      undefined,
    ],
    ['another name', graph({ x: pixels }, { logits, pooled }), /^whole\.onnx: no input pixel_values; it has x$/],
    ['another input', graph({ pixel_values: pixels, x: pixels }, { logits, pooled }), /unknown inputs x/],
    ['no features', graph({ pixel_values: pixels }, { logits }), /no output pooled; it has logits/],
    [
      'one channel',
      graph({ pixel_values: port(FLOAT, undefined, 1, 8, 8) }, { logits, pooled }),
      /pixel_values is any × 1 × 8 × 8, the manifest says any × 3 × 8 × 8/,
    ],
    [
      'channels last',
      graph({ pixel_values: port(FLOAT, undefined, 8, 8, 3) }, { logits, pooled }),
      /pixel_values is any × 8 × 8 × 3/,
    ],
    [
      'half precision at the door',
      graph({ pixel_values: port(HALF, undefined, 3, 8, 8) }, { logits, pooled }),
      /pixel_values is not float32 \(ONNX type 10\)/,
    ],
    [
      'features of another length',
      graph({ pixel_values: pixels }, { logits, pooled: port(FLOAT, undefined, 4) }),
      /pooled is any × 4, the manifest says any × 3 \(the statistics of chest-xray\)/,
    ],
    [
      'too few channels for the classes',
      graph({ pixel_values: pixels }, { logits: port(FLOAT, undefined, 0, 8, 8), pooled }),
      /heart is channel 0 \(counted from 0\), the graph has 0 channels/,
    ],
  ])('judges %s', (_, ports, reason) => {
    const check = () => checkGraphs(manifest, new Map([['whole', ports]]), domains);
    if (reason)
      expect(check).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID', message: expect.stringMatching(reason) }),
      );
    else expect(check).not.toThrow();
  });
});

describe('checkGraphs of a split conventional model', async () => {
  const { manifest, domains } = await loadBundle(tinySplit);
  const pixels = port(FLOAT, undefined, 3, 8, 8);
  const logits = port(FLOAT, undefined, 3, 8, 8);
  const f2 = port(FLOAT, undefined, 3, 4, 4);
  const image = graph({ pixel_values: pixels }, { f2, pooled: port(FLOAT, undefined, 3) });
  const decoder = graph({ f2 }, { logits });
  test.each<[string, Ports, Ports, RegExp | undefined]>([
    ['decoders that take what the image graph gives', decoder, decoder, undefined],
    [
      'a decoder that takes more',
      graph({ f2, f4: f2 }, { logits }),
      decoder,
      /^decoder\.onnx: the decoder needs f4, the image graph gives f2, pooled$/,
    ],
    [
      'one of a family that takes more',
      decoder,
      graph({ f4: f2 }, { logits }),
      /^decoder-chest-xray\.onnx: the decoder needs f4/,
    ],
    [
      'one of a family without the channel of a class',
      decoder,
      graph({ f2 }, { logits: port(FLOAT, undefined, 0, 8, 8) }),
      /^decoder-chest-xray\.onnx: heart is channel 0/,
    ],
    ['one without logits', graph({ f2 }, {}), decoder, /^decoder\.onnx: no output logits/],
  ])('judges %s', (_, ofAll, ofFamily, reason) => {
    const graphs = new Map([
      ['image', image],
      ['decoder', ofAll],
      ['decoder of chest-xray', ofFamily],
    ]);
    const check = () => checkGraphs(manifest, graphs, domains);
    if (reason)
      expect(check).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID', message: expect.stringMatching(reason) }),
      );
    else expect(check).not.toThrow();
  });
});
