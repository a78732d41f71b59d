import type { Regression } from '@maskwright/model';

/** Base and every tree's leaf. */
export function regress({ base, trees }: Regression, features: readonly number[]): number {
  return trees.reduce((sum, tree) => sum + leafOf(tree, features), base);
}

type Tree = Regression['trees'][number];

function leafOf(tree: Tree, features: readonly number[]): number {
  let at = 0;
  for (;;) {
    const node = tree[at];
    if (!node) return 0;
    if ('value' in node) return node.value;
    at = (features[node.feature] ?? 0) < node.limit ? node.left : node.right;
  }
}

export interface FitOptions {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** Cases that a leaf needs. */
  readonly least: number;
}

/** Least squares by gradient boosting; the same cases in the same order give the same trees. */
export function fitRegression(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  { trees: count, depth, rate, least }: FitOptions,
): Regression {
  const base = mean(values);
  const rest = Float64Array.from(values, (value) => value - base);
  const features = Array.from({ length: rows[0]?.length ?? 0 }, (_, at) => binned(rows.map((row) => row[at] ?? 0)));
  const trees: Tree[] = [];
  for (let t = 0; t < count; t++) {
    const tree: Tree = [];
    grow(tree, features, rest, [...rows.keys()], depth, { rate, least });
    trees.push(tree);
    for (const [i, row] of rows.entries()) rest[i] = (rest[i] ?? 0) - leafOf(tree, row);
  }
  return { base, trees };
}

/** Limits that a split may have: finer ones would only fit the noise. */
const MOST_LIMITS = 48;

interface Feature {
  readonly limits: readonly number[];
  /** Of each case: how many limits its value reaches. */
  readonly bins: Uint8Array;
}

function binned(values: readonly number[]): Feature {
  const distinct = [...new Set(values)].toSorted((a, b) => a - b);
  const between = distinct.slice(1).map((value, i) => rounded((value + (distinct[i] ?? value)) / 2));
  const step = Math.max(1, between.length / MOST_LIMITS);
  const limits = Array.from({ length: Math.min(MOST_LIMITS, between.length) }, (_, n) => {
    return between[Math.floor((n + 0.5) * step)] ?? 0;
  });
  return { limits, bins: Uint8Array.from(values, (value) => limits.filter((limit) => value >= limit).length) };
}

/** Adds the subtree of these cases and gives the place of its root. */
function grow(
  tree: Tree,
  features: readonly Feature[],
  rest: Float64Array,
  cases: readonly number[],
  depth: number,
  options: { readonly rate: number; readonly least: number },
): number {
  const at = tree.length;
  const split = depth > 0 ? bestSplit(features, rest, cases, options.least) : undefined;
  if (!split) {
    tree.push({ value: rounded(options.rate * mean(cases.map((i) => rest[i] ?? 0))) });
    return at;
  }
  tree.push({ value: 0 });
  const bins = features[split.feature]?.bins;
  const side = (above: boolean) => cases.filter((i) => (bins?.[i] ?? 0) > split.bin === above);
  const left = grow(tree, features, rest, side(false), depth - 1, options);
  const right = grow(tree, features, rest, side(true), depth - 1, options);
  tree[at] = { feature: split.feature, limit: features[split.feature]?.limits[split.bin] ?? 0, left, right };
  return at;
}

/** The limit that takes most from the sum of squares; undefined where none leaves enough on both sides. */
function bestSplit(
  features: readonly Feature[],
  rest: Float64Array,
  cases: readonly number[],
  least: number,
): { readonly feature: number; readonly bin: number } | undefined {
  let best: { gain: number; feature: number; bin: number } | undefined;
  for (const [feature, { limits, bins }] of features.entries()) {
    const sums = new Float64Array(limits.length + 1);
    const counts = new Uint32Array(limits.length + 1);
    for (const i of cases) {
      const bin = bins[i] ?? 0;
      sums[bin] = (sums[bin] ?? 0) + (rest[i] ?? 0);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const total = sums.reduce((sum, one) => sum + one, 0);
    const nothing = total ** 2 / cases.length + 1e-9;
    let sum = 0;
    let n = 0;
    for (let bin = 0; bin < limits.length; bin++) {
      sum += sums[bin] ?? 0;
      n += counts[bin] ?? 0;
      if (n < least || cases.length - n < least) continue;
      const gain = sum ** 2 / n + (total - sum) ** 2 / (cases.length - n) - nothing;
      if (gain > (best?.gain ?? 0)) best = { gain, feature, bin };
    }
  }
  return best;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Six digits, so that the file stays small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
