import { readFile } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkWeights } from './onnx-content.ts';
import { fieldsOf } from './protobuf.ts';
import { field, modelWith } from './testdata/onnx-writer.ts';
import { externalConstant, externalWeights, tinyModels } from './testdata/tampered.ts';

describe('checkWeights', () => {
  test.each(['tiny-vlsm/text', 'tiny-vlsm/image', 'tiny-vlsm/decoder', 'tiny-unet/whole'])('takes %s', async (name) => {
    const content = await readFile(`${tinyModels}/${name}.onnx`);
    expect(() => checkWeights(content, 'a.onnx')).not.toThrow();
  });
  test.each([
    ['an initializer', externalWeights],
    ['a constant within a branch', externalConstant],
  ])('refuses %s in another file', async (_, file) => {
    const content = await readFile(file);
    expect(() => checkWeights(content, 'a.onnx')).toThrow(/^a\.onnx keeps weights in another file/);
  });
  test('refuses subgraphs without end', () => {
    // attribute of a node of a graph of an attribute …
    let graph: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < 100; i++) graph = field(1, field(5, field(6, graph)));
    expect(() => checkWeights(field(7, graph), 'a.onnx')).toThrow(/too deep/);
  });
  const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  const doubles = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer);
  const halves = (...bits: number[]) => Buffer.from(Uint16Array.from(bits).buffer);
  const infinite = Number.POSITIVE_INFINITY;
  test.each<[string, number, Uint8Array, boolean]>([
    ['float32 NaN', 1, field(9, floats(1, Number.NaN)), true],
    ['float32 NaN at the end of many', 1, field(9, floats(...new Array(40_001).fill(1), Number.NaN)), true],
    ['many float32 numbers', 1, field(9, floats(...new Array(40_001).fill(1))), false],
    ['float32 NaN, packed', 1, field(4, floats(Number.NaN)), true],
    ['float32 numbers and infinity', 1, field(9, floats(1, -infinite, 0)), false],
    ['float16 NaN', 10, field(9, halves(0x3c00, 0xfe00)), true],
    ['float16 numbers and infinity', 10, field(9, halves(0x3c00, 0xfc00)), false],
    ['bfloat16 NaN', 16, field(9, halves(0x7fc0)), true],
    ['bfloat16 numbers and infinity', 16, field(9, halves(0xff80, 0x7c01)), false],
    ['float64 NaN', 11, field(10, doubles(Number.NaN)), true],
    ['float64 numbers', 11, field(9, doubles(1, infinite)), false],
    ['int8 bytes that would be NaN', 3, field(9, floats(Number.NaN)), false],
  ])('looks for weights that are not numbers: %s', (_, type, values, refused) => {
    const check = () => checkWeights(modelWith(type, values), 'a.onnx');
    if (refused) expect(check).toThrow(/^a\.onnx holds weights that are not numbers \(NaN, in tensor conv\.weight\)/);
    else expect(check).not.toThrow();
  });
  test('judges any bytes, by BUNDLE_INVALID or by nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          checkWeights(bytes, 'a.onnx');
        } catch (error) {
          expect(error).toBeInstanceOf(MaskwrightError);
          expect(error).toMatchObject({ code: 'BUNDLE_INVALID' });
        }
      }),
    );
  });
  test('refuses a graph with external data wherever it is cut', async () => {
    const content = await readFile(externalWeights);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: content.length }), (length) => {
        expect(() => checkWeights(content.subarray(0, length), 'a.onnx')).toThrow(MaskwrightError);
      }),
    );
  });
});

describe('fieldsOf', () => {
  test('gives back the fields that were packed', () => {
    const packed = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.uint8Array({ maxLength: 300 })));
    fc.assert(
      fc.property(packed, (fields) => {
        const message = Buffer.concat(fields.map(([number, value]) => field(number, value)));
        const found = fieldsOf(message).map(({ number, value }) => [number, Uint8Array.from(bytesOf(value))]);
        expect(found).toEqual(fields);
      }),
    );
  });
});

function bytesOf(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new TypeError('bytes were packed');
  return value;
}
