import type { Field } from './protobuf.ts';

/** Fields of TensorProto (onnx.proto3). */
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;

/** By TensorProto.DataType: where values may lie besides raw_data, and whether little-endian IEEE 754 values hold a NaN. */
const FORMATS: Readonly<Record<number, { readonly typed?: number; readonly anyNaN: (values: DataView) => boolean }>> = {
  1: { typed: FLOAT_DATA, anyNaN: anyNaN32 },
  10: { anyNaN: (values) => anyNaN16(values, 0x7c00) },
  11: { typed: DOUBLE_DATA, anyNaN: anyNaN64 },
  16: { anyNaN: (values) => anyNaN16(values, 0x7f80) },
};

/**
 * Whether a float32, float16, bfloat16 or float64 tensor holds a value that is not a number. Infinity is none: attention masks
 * are made of it. Half-precision values outside raw_data are not looked at; no exporter that we know writes them.
 */
export function holdsNaN(tensor: readonly Field[]): boolean {
  const type = tensor.find(({ number }) => number === DATA_TYPE)?.value;
  const format = typeof type === 'number' ? FORMATS[type] : undefined;
  if (!format) return false;
  return tensor.some(
    ({ number, value }) =>
      (number === RAW_DATA || number === format.typed) &&
      value instanceof Uint8Array &&
      format.anyNaN(new DataView(value.buffer, value.byteOffset, value.byteLength)),
  );
}

/** NaN is what has more than infinity's bits, the sign left out. */
function anyNaN16(values: DataView, infinity: number): boolean {
  for (let at = 0; at + 2 <= values.byteLength; at += 2)
    if ((values.getUint16(at, true) & 0x7fff) > infinity) return true;
  return false;
}
function anyNaN32(values: DataView): boolean {
  for (let at = 0; at + 4 <= values.byteLength; at += 4)
    if ((values.getUint32(at, true) & 0x7fff_ffff) > 0x7f80_0000) return true;
  return false;
}
function anyNaN64(values: DataView): boolean {
  for (let at = 0; at + 8 <= values.byteLength; at += 8) if (Number.isNaN(values.getFloat64(at, true))) return true;
  return false;
}
