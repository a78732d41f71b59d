/** Protobuf as ONNX uses it, for graphs that no exporter would write. */

/** A field of bytes (wire type 2). */
export function field(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}
/** A field of an integer (wire type 0). */
export function integer(number: number, value: number): Uint8Array {
  return Buffer.concat([varint(number * 8), varint(value)]);
}
/** A model of one graph with one initializer: TensorProto's data_type 2, name 8, and whatever `values` holds. */
export function modelWith(type: number, values: Uint8Array): Uint8Array {
  const tensor = Buffer.concat([integer(2, type), field(8, Buffer.from('conv.weight')), values]);
  return field(7, field(5, tensor));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
