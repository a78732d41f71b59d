/** How a structure's mask is drawn from probabilities. */
export interface MaskRule {
  /** Probability, 0 < threshold < 1. A frame without a pixel above it shows nothing of the structure. */
  readonly threshold: number;
  /** Share of the frame, 0–1: where fewer pixels are above `threshold`, the mask is empty. */
  readonly minAreaFraction: number;
  /**
   * Where given, a frame of which the model is less sure has a lower threshold: the one of greatest expected Dice, were
   * sigmoid(logit / temperature) the true probabilities. Above 1 the model is taken for surer of itself than it should be.
   */
  readonly temperature?: number | undefined;
  /** Where given, the structure is drawn as the ellipse of the pixels that were found. */
  readonly shape?: 'ellipse' | undefined;
}

/** Steps of probability in which thresholds are compared. */
const STEPS = 512;

/**
 * The probability above which a frame's pixels belong to the structure.
 *
 * With probabilities p and n pixels above t, the mask at t has an expected Dice of 2 Σ_{p > t} p / (n + Σ p), to the first
 * order in the number of pixels; its best t is half of that Dice, so that a sure frame keeps the half (Lipton et al.,
 * Optimal thresholding of classifiers to maximize F1, ECML PKDD 2014; Dai and Li, RankSEG, JMLR 2023).
 * @param logits of one frame in the model's own size
 */
export function frameThreshold(logits: Float32Array, { threshold, temperature }: MaskRule): number {
  if (temperature === undefined) return threshold;
  const count = new Uint32Array(STEPS);
  const sum = new Float64Array(STEPS);
  let total = 0;
  for (const value of logits) {
    const p = sigmoid(value / temperature);
    const step = Math.min(STEPS - 1, Math.floor(p * STEPS));
    count[step] = (count[step] ?? 0) + 1;
    sum[step] = (sum[step] ?? 0) + p;
    total += p;
  }
  let [best, at, inside, pixels] = [0, 1, 0, 0];
  for (let step = STEPS - 1; step > 0; step--) {
    pixels += count[step] ?? 0;
    inside += sum[step] ?? 0;
    const expected = inside / (pixels + total);
    if (expected > best) [best, at] = [expected, step / STEPS];
  }
  return Math.min(threshold, sigmoid(temperature * logit(at)));
}

/** One rule for the mean of two models' answers. */
export function meanRule(one: MaskRule, other: MaskRule): MaskRule {
  const temperatures = [one.temperature, other.temperature].filter((temperature) => temperature !== undefined);
  return {
    threshold: mean([one.threshold, other.threshold]),
    minAreaFraction: mean([one.minAreaFraction, other.minAreaFraction]),
    temperature: temperatures.length > 0 ? mean(temperatures) : undefined,
    shape: one.shape ?? other.shape,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Probability of a logit. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Logit of a probability. */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
