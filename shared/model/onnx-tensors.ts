import { MaskwrightError } from '@maskwright/errors';
import { type Field, fieldsOf } from './protobuf.ts';

/** Which fields of ONNX's messages lead to tensors (onnx.proto3, field numbers); what is not listed is passed over. */
const MESSAGES = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>;
type Message = keyof typeof MESSAGES;

/** Subgraphs in subgraphs; no model that we know has more than a few. */
const DEEPEST = 64;
const GRAPH_FIELD = 7;

/**
 * Every tensor that an ONNX file holds, in its graphs, branches, functions and constants, as the fields of its message.
 * @throws MaskwrightError BUNDLE_INVALID naming the file, where it is not ONNX or too deep to be looked through
 */
export function* tensorsOf(content: Uint8Array, file: string): Generator<readonly Field[]> {
  // ONNX Runtime tells its own format from ONNX by these letters; its references to other files are not looked for here.
  if (Buffer.from(content.subarray(4, 8)).toString('latin1') === 'ORTM')
    throw new MaskwrightError('BUNDLE_INVALID', `${file} is in the ORT format, not ONNX`);
  function* walk(bytes: Uint8Array, message: Message, depth: number): Generator<readonly Field[]> {
    if (depth > DEEPEST) throw new MaskwrightError('BUNDLE_INVALID', `${file} holds subgraphs too deep to be checked`);
    const within: Readonly<Record<number, Message>> = MESSAGES[message];
    const fields = fieldsOf(bytes);
    if (message === 'model' && !fields.some(({ number }) => number === GRAPH_FIELD)) throw notOnnx(file);
    if (message === 'tensor') yield fields;
    for (const { number, value } of fields) {
      const kind = within[number];
      if (kind === undefined) continue;
      if (typeof value === 'number') throw new RangeError('a message is expected, not a number');
      yield* walk(value, kind, depth + 1);
    }
  }
  try {
    yield* walk(content, 'model', 0);
  } catch (error) {
    if (error instanceof RangeError) throw notOnnx(file, error);
    throw error;
  }
}

export function notOnnx(file: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('BUNDLE_INVALID', `${file} is not an ONNX graph`, { cause });
}
