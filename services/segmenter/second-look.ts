import { SAME_MASKS } from '@maskwright/assess';
import { type AttributeName, attributesOfMask, fitPrompt } from '@maskwright/prompt';
import { type Inference, infer, type Models, type Retouching } from './infer.ts';
import type { SegmentRequest, TargetPrompt } from './segment-request.ts';

/** What a mask shows, but not in words that the models have learned from masks. */
const NOT_LEARNED: readonly AttributeName[] = ['shape', 'color'];

/** Parts of a model's mask that are smaller than this share of the largest are not structures of their own. */
const CRUMB = 0.1;

/**
 * Asks once more, with number, size and place as the first masks have shown them, where the task wishes it. Only for a
 * single image on which both models drew the same: otherwise the words would say as true what nobody knows.
 */
export async function secondLook(
  models: Models,
  request: SegmentRequest,
  first: Inference,
  retouching?: Retouching,
): Promise<{ readonly prompts: readonly TargetPrompt[]; readonly inference: Inference }> {
  const { source, prompts, task } = request;
  const same = source.frames.length === 1 && (first.agreement ?? 0) >= SAME_MASKS;
  const { secondPass: type } = task;
  if (!type || !same) return { prompts, inference: first };
  const again = prompts.map((one, index) => {
    const data = first.vlsm.masks[index]?.unpacked();
    const { wording } = one;
    if (!data || !wording) return one;
    const mask = { rows: source.rows, columns: source.columns, data };
    const seen = attributesOfMask(mask, models.vlsm.bundle.id, { leastShare: CRUMB });
    const add = seen.filter(({ name }) => !NOT_LEARNED.includes(name));
    if (add.length === 0) return one;
    const richer = (change = {}) => wording({ ...change, type, add });
    return { ...one, prompt: fitPrompt(richer(), richer, models.vlsm.tokenizer) };
  });
  return { prompts: again, inference: await infer(models, { ...request, prompts: again }, retouching) };
}
