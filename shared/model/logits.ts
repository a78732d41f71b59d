import { upsampleLogits } from '@maskwright/image';
import { ellipseOf } from './ellipse.ts';
import { frameThreshold, logit, type MaskRule, sigmoid } from './mask-rule.ts';

/** What a model says about each pixel before the sigmoid: height × width, row by row, in the model's own size. */
export interface Logits {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * One mask plane (rows × columns of 0 or 1) in the source's matrix: 1 where the probability, brought to that matrix
 * bilinearly, is above the frame's threshold, or in the ellipse of these pixels where the rule says so. Probabilities, not
 * logits, are interpolated because thresholds and least areas were calibrated so.
 */
export function maskOf(logits: Logits, rows: number, columns: number, rule: MaskRule): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  const limit = logit(rule.threshold);
  // Interpolated values lie between their neighbours: nothing above the limit here, nothing there.
  if (!logits.data.some((value) => value > limit)) return mask;
  const threshold = frameThreshold(logits.data, rule);
  const probabilities = upsampleLogits(logits.data.map(sigmoid), logits.width, logits.height, rows, columns);
  let found = 0;
  for (let i = 0; i < mask.length; i++) {
    const probability = probabilities[i] ?? 0;
    if (probability > rule.threshold) found++;
    if (probability > threshold) mask[i] = 1;
  }
  // A matrix coarser than the logits may miss the only pixels that are above the threshold.
  if (found === 0 || found < rule.minAreaFraction * mask.length) return mask.fill(0);
  return rule.shape === 'ellipse' ? ellipseOf(mask, columns) : mask;
}

/** Both planes at the size of the larger one, the smaller brought to it bilinearly: each covers the whole frame. */
export function atOneSize(one: Logits, other: Logits): readonly [Logits, Logits] {
  const width = Math.max(one.width, other.width);
  const height = Math.max(one.height, other.height);
  return [sized(one, width, height), sized(other, width, height)];
}

function sized(logits: Logits, width: number, height: number): Logits {
  if (logits.width === width && logits.height === height) return logits;
  return { width, height, data: upsampleLogits(logits.data, logits.width, logits.height, height, width) };
}

/** Probabilities in steps of 1/255, height × width in the model's own size: a quarter of the logits' memory. */
export interface ProbabilityPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function probabilityPlane({ width, height, data }: Logits): ProbabilityPlane {
  return { width, height, data: Uint8Array.from(data, (value) => Math.round(255 * sigmoid(value))) };
}

/** rows × columns of 0 (never) to 255 (certain), bilinear as in {@link maskOf}. */
export function probabilitiesAt(plane: ProbabilityPlane, rows: number, columns: number): Uint8Array {
  return Uint8Array.from(
    upsampleLogits(Float32Array.from(plane.data), plane.width, plane.height, rows, columns),
    Math.round,
  );
}
