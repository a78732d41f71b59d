import { MaskwrightError } from '@maskwright/errors';
import { holdsNaN } from './onnx-numbers.ts';
import { tensorsOf } from './onnx-tensors.ts';
import type { Field } from './protobuf.ts';

/** Fields of TensorProto by which a tensor says that its values lie in another file. */
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const DEFAULT_LOCATION = 0;

/**
 * Refuses a graph that keeps weights in other files, or weights that are not numbers. ONNX Runtime looks for other files in
 * the working directory when a graph comes as bytes: they would be weights that nobody has checked.
 * @throws MaskwrightError BUNDLE_INVALID naming the file
 */
export function checkWeights(content: Uint8Array, file: string): void {
  for (const tensor of tensorsOf(content, file)) {
    if (tensor.some(isExternal))
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        `${file} keeps weights in another file (external data); export it with its weights inside`,
      );
    if (holdsNaN(tensor))
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        `${file} holds weights that are not numbers (NaN, in tensor ${nameOf(tensor)}); the checkpoint is broken`,
      );
  }
}

function isExternal({ number, value }: Field): boolean {
  return number === EXTERNAL_DATA || (number === DATA_LOCATION && value !== DEFAULT_LOCATION);
}

const NAME = 8;
function nameOf(tensor: readonly Field[]): string {
  const name = tensor.find(({ number }) => number === NAME)?.value;
  return name instanceof Uint8Array && name.length > 0 ? new TextDecoder().decode(name) : 'without a name';
}
