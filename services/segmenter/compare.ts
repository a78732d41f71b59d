import {
  type Assessment,
  assess,
  bestLook,
  type Prospect,
  relativeDistance,
  wantsAnotherLook,
} from '@maskwright/assess';
import { RETOUCHES } from '@maskwright/image';
import type { Domain } from '@maskwright/model';
import { fitPrompt, fitWords } from '@maskwright/prompt';
import { type Inference, infer, type Models, type Retouching } from './infer.ts';
import { secondLook } from './second-look.ts';
import type { SegmentRequest, TargetPrompt } from './segment-request.ts';

/** Both models' masks of one series, and what the assessment says of them. */
export interface Look {
  readonly prompts: readonly TargetPrompt[];
  readonly inference: Inference;
  readonly assessment: Assessment;
}
/** The look whose masks promise most, of the image as it is or retouched. */
export interface Compared extends Look {
  readonly asIs: Look;
}

/**
 * Everything before the choice is acted on. An image unlike the training images, of whose masks not enough is predicted, is
 * asked again with its light made that of the training images, inverted, and smoothed; not where a person named the model
 * that shall answer.
 * @throws MaskwrightError PIXELS_*, INFERENCE_FAILED
 */
export async function compareModels(models: Models, request: SegmentRequest): Promise<Compared> {
  const asIs = await lookAt(models, request);
  const { calibration, domains } = models.vlsm.bundle;
  const domain = domains.get(request.task.family);
  const first = prospectOf(asIs, domain);
  const again =
    request.model === undefined && asIs.assessment.gate.length === 0 && wantsAnotherLook(first, calibration?.lookAgain);
  if (!again) return { ...asIs, asIs };
  const others = await Array.fromAsync(retouchedLooks(models, request, asIs), (look) => prospectOf(look, domain));
  return { ...bestLook(first, others).look, asIs };
}

function prospectOf(look: Look, domain: Domain | undefined): Prospect & { readonly look: Look } {
  const { candidates, distance } = look.assessment;
  // Nothing is asked again where nothing is foretold.
  const predicted = candidates[0]?.predictedDice ?? 1;
  return { predicted, distance: relativeDistance(domain, distance ?? undefined), look };
}

/** The other looks, one after the other; none where the VLSM does not know how its training images are lit. */
export async function* retouchedLooks(models: Models, request: SegmentRequest, asIs: Look): AsyncGenerator<Look> {
  const { vlsm, conventional } = models;
  const { family } = request.task;
  const light = vlsm.bundle.domains.get(family)?.light;
  if (!light) return;
  const side = Math.max(vlsm.bundle.inputFor(family).width, conventional.bundle.inputFor(family).width);
  for (const how of RETOUCHES)
    yield await lookAt(models, { ...request, progress: undefined }, { how, light, side, asIs: asIs.assessment });
}

/** @param retouched what is done to the frames first; default: nothing */
export async function lookAt(
  models: Models,
  request: SegmentRequest,
  retouched?: Retouching & { readonly asIs: Assessment },
): Promise<Look> {
  const { source, task } = request;
  const first = { ...request, prompts: request.prompts.map((one) => fitted(one, models)) };
  const { prompts, inference } = await secondLook(models, first, await infer(models, first, retouched), retouched);
  const assessment = assess({
    family: task.family,
    dataset: source.dataset,
    vlsm: { bundle: models.vlsm.bundle, pooled: inference.vlsm.pooled },
    conventional: { bundle: models.conventional.bundle, pooled: inference.conventional.pooled },
    targets: prompts.map(({ target }) => target.name),
    humanPrompt: prompts.some(({ prompt }) => prompt.type === 'human'),
    agreement: inference.agreement,
    wordings: inference.wordings,
    signals: inference.signals,
    floor: task.floor,
    image: inference.image,
    retouched,
  });
  return { prompts, inference, assessment };
}

/** Shortened where the language model does not take it whole. */
function fitted(one: TargetPrompt, { vlsm }: Models): TargetPrompt {
  const { prompt, wording } = one;
  return { ...one, prompt: wording ? fitPrompt(prompt, wording, vlsm.tokenizer) : fitWords(prompt, vlsm.tokenizer) };
}
