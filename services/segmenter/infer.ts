import type { Signals } from '@maskwright/assess';
import {
  type Light,
  PackedMask,
  type Retouch,
  type RgbImage,
  renderFrame,
  retouched,
  type SourceFrame,
} from '@maskwright/image';
import {
  atOneSize,
  type Conventional,
  type Logits,
  type MaskRule,
  maskOf,
  meanRule,
  type ProbabilityPlane,
  probabilityPlane,
  type Vlsm,
} from '@maskwright/model';
import { Agreement } from './agreement.ts';
import { addPairs, meanLogits } from './ensemble.ts';
import { type Answers, lookClasses, lookWords, posesFor, viewsOf } from './looks.ts';
import { MaskSignals } from './mask-signals.ts';
import type { SegmentRequest, TargetPrompt } from './segment-request.ts';

export interface Models {
  readonly vlsm: Vlsm;
  readonly conventional: Conventional;
}

/** Both models' word on every frame and target. */
export interface Inference {
  readonly vlsm: ModelRun;
  readonly conventional: ModelRun;
  /** The masks of the mean of both models' answers. */
  readonly consensus: Drawn;
  /** Mean Dice between the two models' masks, 0–1; undefined where they have no target in common. */
  readonly agreement: number | undefined;
  /** Mean pairwise Dice among the masks of each prompt's wordings, 0–1; undefined where one wording was asked. */
  readonly wordings: number | undefined;
  /** What is seen of both models' masks, one a target; undefined where one of them has none. */
  readonly signals: readonly (Signals | undefined)[];
  /** The middle frame as it is, for the checks that look at the image itself. */
  readonly image: RgbImage;
}
export interface ModelRun extends Drawn {
  /** One a frame. */
  readonly pooled: readonly Float32Array[];
}
export interface Drawn {
  /** One a target; undefined where a model does not know the target. */
  readonly masks: readonly (PackedMask | undefined)[];
  /** One a target, and in it one a frame; empty where probabilities were not asked for. */
  readonly planes: readonly (readonly ProbabilityPlane[])[];
}

/** What is done to the frames before the models see them. */
export interface Retouching {
  readonly how: Retouch;
  readonly light: Light;
  /** Of the images that the models see, pixels. */
  readonly side: number;
}

/** Frames that are decoded and inferred together, and with them the poses in which they are asked: bounds memory whatever the series' size. */
const FRAMES_AT_ONCE = 8;
const VIEWS_AT_ONCE = 16;
/** Wordings of one prompt that are asked and averaged. */
const MOST_WORDINGS = 8;

export async function infer(models: Models, request: SegmentRequest, retouching?: Retouching): Promise<Inference> {
  const { source, prompts, task } = request;
  const run = { vlsm: emptyRun(prompts), conventional: emptyRun(prompts), consensus: nothingDrawn(prompts) };
  const wordings = new Agreement();
  const signals = new MaskSignals();
  const middleAt = Math.floor(source.frames.length / 2);
  let middle: RgbImage | undefined;
  const pair = [models.vlsm, models.conventional];
  const together = Math.min(FRAMES_AT_ONCE, Math.floor(VIEWS_AT_ONCE / (1 + posesFor(pair, task.family).length)));
  for (let start = 0; start < source.frames.length; start += together) {
    request.signal?.throwIfAborted();
    const images = await Promise.all(
      source.frames.slice(start, start + together).map((frame) => render(frame, request)),
    );
    const seen = images.map((image) => seenAs(image, retouching));
    const views = viewsOf(seen, pair, task.family);
    const vlsm = await lookWords(models.vlsm, views, task.family);
    run.vlsm.pooled.push(...vlsm.pooled);
    const conventional = await lookClasses(models.conventional, views, task.family);
    run.conventional.pooled.push(...conventional.pooled);
    for (const [index, { target, prompt }] of prompts.entries()) {
      const asked = task.ensemble ? prompt.wordings.slice(0, MOST_WORDINGS) : [prompt.text];
      const ofWords = await vlsm.ask(asked);
      addPairs(wordings, index, ofWords.plain);
      const byWords = meanOf(ofWords);
      const rule = models.vlsm.bundle.rule(task.family, target.name);
      put(request, run.vlsm, index, start, byWords, rule);
      // A person's words are the VLSM's, unless the person named the other model.
      if (prompt.type === 'human' && request.model !== models.conventional.bundle.id) continue;
      const ofClass = await conventional.ask(target.name);
      if (!ofClass) continue;
      const byClass = meanOf(ofClass);
      const classRule = models.conventional.bundle.rule(task.family, target.name);
      put(request, run.conventional, index, start, byClass, classRule);
      const compared = pairsOf(byWords, byClass);
      put(request, run.consensus, index, start, meanLogits(compared), meanRule(rule, classRule));
      signals.add(index, ...compared);
      signals.addPosed(index, ofWords, ofClass);
    }
    middle ??= images[middleAt - start];
    request.progress?.(Math.min(start + together, source.frames.length), source.frames.length);
  }
  if (!middle) throw new RangeError('a source image has at least one frame');
  return {
    ...run,
    agreement: signals.agreement(),
    wordings: wordings.mean(),
    signals: prompts.map((_, index) => signals.of(index)),
    image: middle,
  };
}

function meanOf({ plain, posed }: Answers): readonly Logits[] {
  return meanLogits([...plain, ...posed]);
}

/** Both models' planes, frame by frame at one size. */
function pairsOf(words: readonly Logits[], classes: readonly Logits[]): [readonly Logits[], readonly Logits[]] {
  const pairs = words.flatMap((plane, frame) => {
    const other = classes[frame];
    return other ? [atOneSize(plane, other)] : [];
  });
  return [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
}

interface MutableDrawn {
  readonly masks: (PackedMask | undefined)[];
  readonly planes: ProbabilityPlane[][];
}
function nothingDrawn(prompts: readonly TargetPrompt[]): MutableDrawn {
  return { masks: prompts.map(() => undefined), planes: prompts.map(() => []) };
}
function emptyRun(prompts: readonly TargetPrompt[]): MutableDrawn & { readonly pooled: Float32Array[] } {
  return { pooled: [], ...nothingDrawn(prompts) };
}

function render(frame: SourceFrame, request: SegmentRequest): Promise<RgbImage> {
  const { window } = request.task;
  return renderFrame(frame, window ? { window } : {});
}

function seenAs(image: RgbImage, retouching: Retouching | undefined): RgbImage {
  return retouching ? retouched(image, retouching.how, retouching.light, retouching.side) : image;
}

function put(
  request: SegmentRequest,
  run: MutableDrawn,
  index: number,
  start: number,
  logits: readonly Logits[],
  rule: MaskRule,
): void {
  const { rows, columns, frames } = request.source;
  const mask = run.masks[index] ?? new PackedMask({ frames: frames.length, rows, columns });
  for (const [offset, one] of logits.entries()) {
    mask.put(start + offset, maskOf(one, rows, columns, rule));
  }
  run.masks[index] = mask;
  if (request.probabilities) run.planes[index]?.push(...logits.map(probabilityPlane));
}
