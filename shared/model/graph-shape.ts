import { MaskwrightError } from '@maskwright/errors';
import { OPTIONAL_WORD_INPUTS } from './words.ts';

/** Names that a graph must have, inputs that it may have, and whether it may have any others. */
export interface GraphShape {
  readonly inputs: readonly string[];
  readonly optionalInputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly moreInputs?: boolean;
}

/** The graphs of docs/bundles.md. */
export const SPLIT_SHAPES = {
  text: { inputs: ['input_ids'], optionalInputs: OPTIONAL_WORD_INPUTS, outputs: [] },
  image: { inputs: ['pixel_values'], outputs: ['pooled'] },
  decoder: { inputs: [], outputs: ['logits'], moreInputs: true },
} as const satisfies Record<string, GraphShape>;
export const WHOLE_SHAPE = {
  inputs: ['input_ids', 'pixel_values'],
  optionalInputs: OPTIONAL_WORD_INPUTS,
  outputs: ['logits'],
} as const satisfies GraphShape;
export const CONVENTIONAL_SHAPE = {
  inputs: ['pixel_values'],
  outputs: ['logits', 'pooled'],
} as const satisfies GraphShape;

/** @throws MaskwrightError BUNDLE_INVALID naming what is missing or unknown */
export function checkNames(
  graph: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  shape: GraphShape,
  where: string,
): void {
  const refuse = (what: string) => {
    throw new MaskwrightError('BUNDLE_INVALID', `${where}: ${what}`);
  };
  const list = (names: readonly string[]) => names.join(', ') || 'none';
  for (const name of shape.inputs)
    if (!graph.inputs.includes(name)) refuse(`no input ${name}; it has ${list(graph.inputs)}`);
  for (const name of shape.outputs)
    if (!graph.outputs.includes(name)) refuse(`no output ${name}; it has ${list(graph.outputs)}`);
  const known = [...shape.inputs, ...(shape.optionalInputs ?? [])];
  const more = graph.inputs.filter((name) => !known.includes(name));
  if (more.length > 0 && !shape.moreInputs) refuse(`unknown inputs ${list(more)}`);
}
