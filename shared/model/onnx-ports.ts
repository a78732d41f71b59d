import { notOnnx } from './onnx-tensors.ts';
import { type Field, fieldsOf } from './protobuf.ts';

/** What a graph takes or gives under one name. */
export interface Port {
  /** TensorProto.DataType: 1 float32, 7 int64; 0 where the file does not say. */
  readonly type: number;
  /** undefined: any size. Absent where the file does not say how many axes there are. */
  readonly dims?: readonly (number | undefined)[];
}
export interface Ports {
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
}

/** Field numbers of onnx.proto3. */
const MODEL_GRAPH = 7;
const GRAPH = { initializer: 5, input: 11, output: 12 } as const;
const TENSOR_NAME = 8;

/**
 * Names, types and shapes that an ONNX file states of its own inputs and outputs; weights that old exporters list among the
 * inputs are left out.
 * @throws MaskwrightError BUNDLE_INVALID naming the file, where the bytes are not ONNX
 */
export function portsOf(content: Uint8Array, file: string): Ports {
  try {
    return statedPorts(content);
  } catch (error) {
    if (error instanceof RangeError) throw notOnnx(file, error);
    throw error;
  }
}

function statedPorts(content: Uint8Array): Ports {
  const graph = fieldsOf(message(fieldsOf(content), MODEL_GRAPH) ?? new Uint8Array(0));
  const weights = new Set(messages(graph, GRAPH.initializer).map((tensor) => text(fieldsOf(tensor), TENSOR_NAME)));
  const inputs = messages(graph, GRAPH.input).map(portOf);
  return {
    inputs: new Map(inputs.filter(([name]) => !weights.has(name))),
    outputs: new Map(messages(graph, GRAPH.output).map(portOf)),
  };
}

/** ValueInfoProto: name 1, type 2. TypeProto: tensor_type 1. TypeProto.Tensor: elem_type 1, shape 2. */
function portOf(valueInfo: Uint8Array): readonly [string, Port] {
  const value = fieldsOf(valueInfo);
  const type = message(value, 2);
  const tensor = type && message(fieldsOf(type), 1);
  const fields = tensor ? fieldsOf(tensor) : [];
  const shape = message(fields, 2);
  return [
    text(value, 1),
    { type: integer(fields, 1) ?? 0, ...(shape ? { dims: messages(fieldsOf(shape), 1).map(dimOf) } : {}) },
  ];
}

/** TensorShapeProto.Dimension: dim_value 1, dim_param 2. */
function dimOf(dimension: Uint8Array): number | undefined {
  return integer(fieldsOf(dimension), 1);
}

function messages(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) => (field.number === number && field.value instanceof Uint8Array ? [field.value] : []));
}
function message(fields: readonly Field[], number: number): Uint8Array | undefined {
  return messages(fields, number).at(-1);
}
function text(fields: readonly Field[], number: number): string {
  return new TextDecoder().decode(message(fields, number) ?? new Uint8Array(0));
}
function integer(fields: readonly Field[], number: number): number | undefined {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : undefined;
}
