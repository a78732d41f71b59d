import type { Graph, GraphInput } from './graph.ts';

/** What a graph may take of a prompt. Models whose words see only what stands before them often take the ids alone. */
export const OPTIONAL_WORD_INPUTS = ['attention_mask', 'token_type_ids'] as const;

/**
 * A prompt's ids as the inputs that a graph has, int64 [n, tokens] with the same row n times. Nothing is padded to the
 * model's full length: every token counts, and the result is that of padding behind a mask.
 */
export function wordInputs(
  graph: Pick<Graph, 'inputs'>,
  ids: readonly number[],
  n: number,
): Record<string, GraphInput> {
  const feeds: Record<string, GraphInput> = { input_ids: integers(n, ids.length, (at) => ids[at] ?? 0) };
  if (graph.inputs.includes('attention_mask')) feeds.attention_mask = ones(n, ids.length);
  if (graph.inputs.includes('token_type_ids')) feeds.token_type_ids = integers(n, ids.length, () => 0);
  return feeds;
}

/** The mask that leaves no token out. */
export function ones(n: number, tokens: number): GraphInput {
  return integers(n, tokens, () => 1);
}

function integers(n: number, tokens: number, value: (token: number) => number): GraphInput {
  const data = BigInt64Array.from({ length: n * tokens }, (_, i) => BigInt(value(i % tokens)));
  return { type: 'int64', dims: [n, tokens], data };
}
