import { type Attribute, attribute } from './attributes.ts';
import { colorWord } from './color-word.ts';
import { type Component, componentsOf, type PlaneMask } from './components.ts';

export type { PlaneMask } from './components.ts';

/**
 * What a mask shows of its structure. Number, size and place follow the rule by which the paper's files were made
 * (behaviour of github.com/naamiinepal/medvlsm, features_from_img.py); shape and colour are rules of ours, because the
 * paper asked a VQA model for them. An empty mask says nothing: that a model found none does not mean that there is none.
 * @param rgb the image, rows × columns × 3, for the colour; greyscale images have none
 * @param leastShare parts smaller than this share of the largest are a model's crumbs and not counted; the paper's
 * masks were drawn by people and count whole
 */
export function attributesOfMask(
  mask: PlaneMask,
  origin: string,
  { rgb, leastShare = 0 }: { readonly rgb?: Uint8Array; readonly leastShare?: number } = {},
): Attribute[] {
  const all = componentsOf(mask);
  const largest = all.toSorted((a, b) => b.area - a.area)[0];
  if (!largest) return [];
  const components = all.filter(({ area }) => area >= leastShare * largest.area);
  const size = sizesOf(components, mask);
  const color = rgb && colorWord(mask, rgb);
  return [
    attribute('number', components.length, 'first-pass mask', origin),
    ...(size ? [attribute('size', size, 'first-pass mask', origin)] : []),
    attribute('shape', shapeOf(largest), 'first-pass mask', origin),
    ...(color ? [attribute('color', color, 'first-pass mask', origin)] : []),
    attribute(
      'location',
      components.map((component) => placeOf(component, mask)),
      'first-pass mask',
      origin,
    ),
  ];
}

/** Share of the image from which on a part has this size; parts below the first are specks without a size. */
const SIZES = [
  ['tiny', 0.0001],
  ['small', 0.001],
  ['medium', 0.08],
  ['large', 0.3],
] as const;

/** The sizes that occur, small to large, each once: `small, large`. */
function sizesOf(components: readonly Component[], { rows, columns }: PlaneMask): string {
  const found = new Set(
    components.map(({ area }) => SIZES.findLast(([, from]) => area / (rows * columns) > from)?.[0]),
  );
  return SIZES.map(([word]) => word)
    .filter((word) => found.has(word))
    .join(', ');
}

/** Longest to shortest axis of the ellipse of equal moments from which on a part is oval. */
const OVAL_FROM = 1.35;
/** Area against that ellipse's: 1 for an ellipse, 0.95 for a rectangle, 0.83 for a triangle; less with bays and arms. */
const IRREGULAR_BELOW = 0.85;

function shapeOf({ area, axes: [long, short] }: Component): string {
  if (area / (Math.PI * long * short) < IRREGULAR_BELOW) return 'irregular';
  return long / short < OVAL_FROM ? 'round' : 'oval';
}

/** A cell of the 3 × 3 grid counts from this share of a part on. */
const SIGNIFICANT = 0.1;
const GRID = ['top left', 'top', 'top right', 'left', 'center', 'right', 'bottom left', 'bottom', 'bottom right'];

/**
 * The only cell of the 3 × 3 grid in which the part lies with a tenth or more of it; where there are several, the
 * place of the middle of its bounding box. The paper's code divides both axes by a third of the *height*, and its
 * words, which the models have learned, follow from that: so does this.
 */
function placeOf({ cells, area, box }: Component, { rows }: PlaneMask): string {
  const touched = GRID.filter((_, cell) => (cells[cell] ?? 0) > 0);
  const significant = GRID.filter((_, cell) => (cells[cell] ?? 0) >= SIGNIFICANT * area);
  const [only] = touched.length === 1 ? touched : significant.length === 1 ? significant : [];
  if (only) return only;
  const y = (box.top + box.bottom) / 2;
  const x = (box.left + box.right) / 2;
  const vertical = y < rows / 3 ? 'top' : y > (2 * rows) / 3 ? 'bottom' : '';
  const horizontal = x < rows / 3 ? 'left' : x > (2 * rows) / 3 ? 'right' : '';
  return `${vertical} ${horizontal}`.trim() || 'center';
}
