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
  const rest = values.map((value) => value - base);
  const trees: Tree[] = [];
  for (let t = 0; t < count; t++) {
    const tree: Mutable[] = [];
    grow(tree, rows, rest, [...rows.keys()], depth, { rate, least });
    trees.push(tree);
    for (const [i, row] of rows.entries()) rest[i] = (rest[i] ?? 0) - leafOf(tree, row);
  }
  return { base, trees };
}

type Mutable = Tree[number];

/** Adds the subtree of these cases and gives the place of its root. */
function grow(
  tree: Mutable[],
  rows: readonly (readonly number[])[],
  rest: readonly number[],
  cases: readonly number[],
  depth: number,
  options: { readonly rate: number; readonly least: number },
): number {
  const at = tree.length;
  const split = depth > 0 ? bestSplit(rows, rest, cases, options.least) : undefined;
  if (!split) {
    tree.push({ value: rounded(options.rate * mean(cases.map((i) => rest[i] ?? 0))) });
    return at;
  }
  tree.push({ value: 0 });
  const side = (below: boolean) => cases.filter((i) => (rows[i]?.[split.feature] ?? 0) < split.limit === below);
  const left = grow(tree, rows, rest, side(true), depth - 1, options);
  const right = grow(tree, rows, rest, side(false), depth - 1, options);
  tree[at] = { feature: split.feature, limit: split.limit, left, right };
  return at;
}

/** The limit that takes most from the sum of squares; undefined where none leaves enough on both sides. */
function bestSplit(
  rows: readonly (readonly number[])[],
  rest: readonly number[],
  cases: readonly number[],
  least: number,
): { readonly feature: number; readonly limit: number } | undefined {
  const total = cases.reduce((sum, i) => sum + (rest[i] ?? 0), 0);
  let best: { gain: number; feature: number; limit: number } | undefined;
  for (let feature = 0; feature < (rows[0]?.length ?? 0); feature++) {
    const of = (i: number | undefined) => rows[i ?? -1]?.[feature] ?? 0;
    const order = cases.toSorted((a, b) => of(a) - of(b));
    let sum = 0;
    for (let n = 1; n <= order.length - least; n++) {
      sum += rest[order[n - 1] ?? -1] ?? 0;
      const [below, above] = [of(order[n - 1]), of(order[n])];
      if (n < least || below === above) continue;
      const gain = sum ** 2 / n + (total - sum) ** 2 / (order.length - n);
      if (gain > (best?.gain ?? total ** 2 / order.length + 1e-9))
        best = { gain, feature, limit: rounded((below + above) / 2) };
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
