import type { Assessment, CandidateKind } from '@maskwright/assess';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask } from '@maskwright/image';
import { type ProbabilityPlane, probabilitiesAt } from '@maskwright/model';
import type { Attribute } from '@maskwright/prompt';
import type { SegmentInput } from '@maskwright/result';
import { compareModels } from './compare.ts';
import type { Drawn, Inference, Models } from './infer.ts';
import type { SegmentRequest, TargetPrompt } from './segment-request.ts';

/** What the stages before the encoding have found out about one series. */
export interface Segmented {
  /** Empty where the assessment leaves the series to a person. */
  readonly segments: readonly SegmentInput[];
  readonly prompts: readonly TargetPrompt[];
  readonly attributes: readonly Attribute[];
  readonly assessment: Assessment;
  /** Of the image as it is, where `assessment` is of the image retouched. */
  readonly asIs: Assessment;
  /** Whose masks they are: of the consensus both, as "a + b"; null where a person must look. */
  readonly model: { readonly id: string; readonly version: string } | null;
  readonly warnings: readonly string[];
}

/**
 * Infers with both models, assesses, and keeps the masks that were chosen: one model's, or those of the mean of both.
 * No archive, no queue: the command line's `segment` runs the same code.
 * @throws MaskwrightError PIXELS_*, INFERENCE_FAILED
 */
export async function segmentSource(models: Models, request: SegmentRequest): Promise<Segmented> {
  const { source } = request;
  const { prompts, inference, assessment: judged, asIs } = await compareModels(models, request);
  const named = request.model === undefined ? judged : asked(judged, models, request.model);
  const assessment = withMasks(named, prompts, inference);
  const { choice } = assessment;
  return {
    prompts,
    segments: choice.kind === 'needs-person' ? [] : segmentsOf(source, prompts, inference[choice.kind]),
    attributes: distinct(prompts.flatMap(({ prompt }) => prompt.attributes)),
    assessment,
    asIs: asIs.assessment,
    model: choice.kind === 'needs-person' ? null : { id: choice.model, version: versionOf(choice.kind, models) },
    warnings: [...new Set([...source.warnings, ...prompts.flatMap(({ prompt }) => prompt.warnings)])],
  };
}

function versionOf(kind: CandidateKind, { vlsm, conventional }: Models): string {
  const [words, classes] = [vlsm.bundle.version, conventional.bundle.version];
  if (kind === 'consensus') return words === classes ? words : `${words} + ${classes}`;
  return kind === 'vlsm' ? words : classes;
}

/** A person named the model: it answers, and the assessment goes with the result. */
function asked(assessment: Assessment, models: Models, model: string): Assessment {
  const kind = (['vlsm', 'conventional'] as const).find((one) => models[one].bundle.id === model);
  if (!kind) throw new MaskwrightError('MODEL_UNKNOWN', `the task does not use model ${model}`);
  return { ...assessment, choice: { kind, model }, reason: `A person chose ${model}. ${assessment.reason}` };
}

/** A conventional model that a person named may not have what was asked for; a part of it would pass for all. */
function withMasks(assessment: Assessment, prompts: readonly TargetPrompt[], inference: Inference): Assessment {
  const { choice } = assessment;
  if (choice.kind === 'needs-person') return assessment;
  const { masks } = inference[choice.kind];
  const missing = prompts.flatMap(({ target }, index) => (masks[index] ? [] : [target.name]));
  if (missing.length === 0) return assessment;
  return {
    ...assessment,
    choice: { kind: 'needs-person' },
    reason: `A person should look: ${choice.model} has not learned ${missing.join(', ')}.`,
  };
}

function segmentsOf(
  { rows, columns, frames }: SegmentRequest['source'],
  prompts: readonly TargetPrompt[],
  { masks, planes }: Drawn,
): SegmentInput[] {
  return prompts.flatMap(({ target, prompt }, index) => {
    const packed = masks[index];
    if (!packed) return [];
    const mask = { frames: frames.length, rows, columns, data: packed.unpacked() };
    const probabilities = probabilitiesOf(planes[index] ?? [], mask);
    return [{ target, mask, ...(probabilities && { probabilities }), prompt: prompt.text, promptType: prompt.type }];
  });
}

/** Frames of which the mask is empty stay empty: what was too faint or too small to count is not shown either. */
function probabilitiesOf(planes: readonly ProbabilityPlane[], mask: Mask): Uint8Array | undefined {
  if (planes.length === 0) return undefined;
  const size = mask.rows * mask.columns;
  const all = new Uint8Array(mask.data.length);
  for (const [frame, plane] of planes.entries()) {
    const start = frame * size;
    if (mask.data.subarray(start, start + size).includes(1))
      all.set(probabilitiesAt(plane, mask.rows, mask.columns), start);
  }
  return all;
}

function distinct(attributes: readonly Attribute[]): Attribute[] {
  return [...new Map(attributes.map((attribute) => [JSON.stringify(attribute), attribute])).values()];
}
