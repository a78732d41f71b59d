import { readFile } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSelfContained } from './onnx-content.ts';
import { fieldsOf } from './protobuf.ts';
import { externalConstant, externalWeights, tinyModels } from './testdata/tampered.ts';

describe('checkSelfContained', () => {
  test.each(['tiny-vlsm/text', 'tiny-vlsm/image', 'tiny-vlsm/decoder', 'tiny-unet/whole'])('takes %s', async (name) => {
    const content = await readFile(`${tinyModels}/${name}.onnx`);
    expect(() => checkSelfContained(content, 'a.onnx')).not.toThrow();
  });
  test.each([
    ['an initializer', externalWeights],
    ['a constant within a branch', externalConstant],
  ])('refuses %s in another file', async (_, file) => {
    const content = await readFile(file);
    expect(() => checkSelfContained(content, 'a.onnx')).toThrow(/^a\.onnx keeps weights in another file/);
  });
  test('refuses subgraphs without end', () => {
    // attribute of a node of a graph of an attribute …
    let graph: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < 100; i++) graph = field(1, field(5, field(6, graph)));
    expect(() => checkSelfContained(field(7, graph), 'a.onnx')).toThrow(/too deep/);
  });
  test('judges any bytes, by BUNDLE_INVALID or by nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          checkSelfContained(bytes, 'a.onnx');
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
        expect(() => checkSelfContained(content.subarray(0, length), 'a.onnx')).toThrow(MaskwrightError);
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
/** A field of bytes (wire type 2). */
function field(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
