import { MaskwrightError } from '@maskwright/errors';
import { fieldsOf } from './protobuf.ts';

/**
 * Which fields of ONNX's messages lead to tensors (onnx.proto3, field numbers); what is not listed is passed over.
 * `external`: fields by which a tensor says that its values lie in another file.
 */
const MESSAGES = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'external', 14: 'location' },
} as const satisfies Record<string, Readonly<Record<number, string>>>;
type Message = keyof typeof MESSAGES;

/** Subgraphs in subgraphs; no model that we know has more than a few. */
const DEEPEST = 64;
const GRAPH_FIELD = 7;
const DEFAULT_LOCATION = 0;

/**
 * Refuses a graph that keeps weights in other files. ONNX Runtime looks for them in the working directory when a graph comes
 * as bytes: they would be weights that nobody has checked.
 * @throws MaskwrightError BUNDLE_INVALID naming the file
 */
export function checkSelfContained(content: Uint8Array, file: string): void {
  const refuse = (what: string): never => {
    throw new MaskwrightError('BUNDLE_INVALID', `${file} ${what}`);
  };
  // ONNX Runtime tells its own format from ONNX by these letters; its references to other files are not looked for here.
  if (Buffer.from(content.subarray(4, 8)).toString('latin1') === 'ORTM') refuse('is in the ORT format, not ONNX');
  const walk = (bytes: Uint8Array, message: Message, depth: number): void => {
    if (depth > DEEPEST) refuse('holds subgraphs too deep to be checked');
    const within: Readonly<Record<number, Message | 'external' | 'location'>> = MESSAGES[message];
    for (const { number, value } of fieldsOf(bytes)) {
      const kind = within[number];
      if (kind === undefined || (kind === 'location' && value === DEFAULT_LOCATION)) continue;
      if (kind === 'external' || kind === 'location')
        throw new MaskwrightError('BUNDLE_INVALID', `${file} keeps weights in another file (external data)`);
      if (typeof value === 'number') throw new RangeError('a message is expected, not a number');
      walk(value, kind, depth + 1);
    }
  };
  try {
    walk(content, 'model', 0);
    if (!fieldsOf(content).some(({ number }) => number === GRAPH_FIELD)) refuse('is not an ONNX graph');
  } catch (error) {
    if (error instanceof RangeError) refuse('is not an ONNX graph');
    throw error;
  }
}
