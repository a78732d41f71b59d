import { clouds, type Field } from './noise.ts';
import { createRandom, type Random } from './random.ts';

export interface EndoscopyOptions {
  readonly seed: number;
  readonly size?: number;
}

export interface Endoscopy {
  readonly rows: number;
  readonly columns: number;
  /** RGB, 8 bits, colour by pixel. */
  readonly pixels: Uint8Array;
  /** 1 on the polyp. */
  readonly masks: { readonly polyp: Uint8Array };
}

/** Lengths in units of half the picture's height; (0, 0) is its middle. */
interface Polyp {
  readonly x: number;
  readonly y: number;
  readonly radii: readonly [number, number];
  readonly turn: number;
  /** Amplitude and phase of the outline's second to fifth harmonic. */
  readonly waves: readonly (readonly [number, number])[];
  readonly height: number;
  /** Exponent of the dome's profile: 0.5 is a half ellipsoid, 1 a parabola. */
  readonly steep: number;
}

interface Bowel {
  readonly lumen: { readonly x: number; readonly y: number; readonly size: number };
  readonly folds: { readonly count: number; readonly phase: number; readonly lobes: number; readonly depth: number };
  readonly light: { readonly x: number; readonly y: number; readonly reach: number };
}

/** A colonoscopy still: folds around the lumen, vessels in the mucosa, one polyp, wet highlights, the scope's frame. */
export function endoscopyOf({ seed, size = 320 }: EndoscopyOptions): Endoscopy {
  const random = createRandom('endoscopy', seed);
  const bowel = bowelOf(random);
  const polyp = polypOf(random, bowel);
  const count = size * size;
  const surface = new Float64Array(count);
  const inPolyp = new Float64Array(count);
  const texture = (cells: number, octaves: number) => clouds(random, size, size, size / cells, octaves);
  const [relief, drift, fine] = [texture(4, 4), texture(3, 3), texture(22, 3)];
  forEachPixel(size, (i, x, y) => {
    const inside = insideOf(polyp, x, y);
    inPolyp[i] = inside;
    const bent = [x + 0.16 * of(relief, i), y + 0.16 * of(drift, i)] as const;
    const wall = foldsAt(bowel, ...bent) + 0.03 * of(relief, i) + 0.003 * of(fine, i);
    surface[i] = wall * (1 - 0.3 * smooth(inside)) + bumpOf(polyp, inside, of(fine, i));
  });
  const frame = frameOf(random);
  const paint = painterOf(random, size, bowel);
  const pixels = new Uint8Array(count * 3);
  const mask = new Uint8Array(count);
  forEachPixel(size, (i, x, y) => {
    const visible = frame(x, y);
    mask[i] = (inPolyp[i] as number) > 0 && visible > 0.5 ? 1 : 0;
    const colour = paint(i, x, y, normalAt(surface, size, i), inPolyp[i] as number);
    for (const k of [0, 1, 2] as const) pixels[i * 3 + k] = clamp(colour[k] * visible + random.normal(3, 2.2));
  });
  return { rows: size, columns: size, pixels, masks: { polyp: mask } };
}

function bowelOf(random: Random): Bowel {
  const angle = random.uniform(0, 2 * Math.PI);
  const away = random.uniform(0.1, 0.75);
  const lumen = { x: away * Math.cos(angle), y: away * Math.sin(angle), size: random.uniform(0.1, 0.24) };
  return {
    lumen,
    folds: {
      count: random.uniform(0.8, 1.6),
      phase: random.uniform(0, 2 * Math.PI),
      lobes: random.uniform(0.1, 0.26),
      depth: random.uniform(0.07, 0.15),
    },
    light: { x: random.uniform(-0.2, 0.2), y: random.uniform(-0.2, 0.2), reach: random.uniform(1.1, 1.7) },
  };
}

function polypOf(random: Random, { lumen }: Bowel): Polyp {
  const size = random.uniform(0.12, 0.36);
  let [x, y] = [0, 0];
  // It sits on the wall, not in the lumen's dark.
  do [x, y] = [random.uniform(-0.6, 0.6), random.uniform(-0.6, 0.6)];
  while (Math.hypot(x - lumen.x, y - lumen.y) < lumen.size + 0.8 * size);
  return {
    x,
    y,
    radii: [size, size * random.uniform(0.62, 1)],
    turn: random.uniform(0, Math.PI),
    waves: [0.07, 0.05, 0.035, 0.02].map((most) => [random.uniform(0, most), random.uniform(0, 2 * Math.PI)] as const),
    height: size * random.uniform(0.32, 0.68),
    steep: random.uniform(0.62, 1),
  };
}

/** 1 in the polyp's middle, 0 on its outline, negative outside. */
function insideOf({ x, y, radii, turn, waves }: Polyp, px: number, py: number): number {
  const [dx, dy] = [px - x, py - y];
  const u = (dx * Math.cos(turn) + dy * Math.sin(turn)) / radii[0];
  const v = (dy * Math.cos(turn) - dx * Math.sin(turn)) / radii[1];
  const angle = Math.atan2(v, u);
  const outline = waves.reduce((sum, [amount, phase], i) => sum + amount * Math.cos((i + 2) * angle + phase), 1);
  return 1 - Math.hypot(u, v) / outline;
}

/** Depth into the tube is one over the distance from the lumen; a fold comes back at every step of its logarithm. */
function foldsAt({ lumen, folds }: Bowel, x: number, y: number): number {
  const [dx, dy] = [x - lumen.x, y - lumen.y];
  const around = Math.atan2(dy, dx);
  const distance = Math.hypot(dx, dy) * (1 + folds.lobes * Math.cos(3 * around + folds.phase));
  const wave = Math.sin(folds.count * 2 * Math.PI * Math.log(distance + 0.12) + folds.phase + Math.cos(2 * around));
  return (
    folds.depth *
      (0.6 + 0.4 * Math.cos(2 * around + folds.phase)) *
      Math.exp(1.1 * (wave - 1)) *
      Math.min(1, distance / 0.3) +
    0.35 * Math.min(1, distance)
  );
}

/** A dome whose foot runs out into the wall, more or less steeply, in a shallow groove. */
function bumpOf({ height, steep }: Polyp, inside: number, fine: number): number {
  const groove = 0.025 * Math.exp(-((inside / 0.16) ** 2));
  if (inside <= 0) return -groove;
  return height * (1 - (1 - inside) ** 2) ** steep + 0.008 * fine * Math.min(1, inside * 6) - groove;
}

function normalAt(surface: Float64Array, size: number, i: number): readonly [number, number, number] {
  const [x, y] = [i % size, Math.floor(i / size)];
  const slope = (a: number, b: number) => (((surface[a] as number) - (surface[b] as number)) * size) / 4;
  const gx = slope(x < size - 1 ? i + 1 : i, x > 0 ? i - 1 : i);
  const gy = slope(y < size - 1 ? i + size : i, y > 0 ? i - size : i);
  const norm = Math.sqrt(gx * gx + gy * gy + 1);
  return [-gx / norm, -gy / norm, 1 / norm];
}

type Colour = readonly [number, number, number];
type Painter = (i: number, x: number, y: number, normal: Colour, inPolyp: number) => Colour;

function painterOf(random: Random, size: number, { lumen, light }: Bowel): Painter {
  const tint = { red: random.uniform(222, 252), green: random.uniform(112, 158), blue: random.uniform(84, 122) };
  const flush = random.uniform(-0.08, 0.3);
  const [blotches, veins, wet] = [
    clouds(random, size, size, size / 4, 3),
    clouds(random, size, size, size / 9, 4),
    clouds(random, size, size, size / 24, 4),
  ];
  const slime = random.uniform(0.58, 0.8);
  return (i, x, y, [nx, ny, nz], inPolyp) => {
    const [lx, ly] = [(light.x - x) * 0.7, (light.y - y) * 0.7];
    const toLight = Math.sqrt(lx * lx + ly * ly + 1);
    const facing = Math.max(0, (nx * lx + ny * ly + nz) / toLight);
    const fall = 1 / (1 + ((x - light.x) ** 2 + (y - light.y) ** 2) / light.reach ** 2);
    const deep =
      inPolyp > 0 ? 1 : smooth((Math.hypot(x - lumen.x, y - lumen.y) - 0.35 * lumen.size) / (1.9 * lumen.size));
    const bright = (0.26 + 0.98 * facing ** 1.2) * fall * (0.12 + 0.88 * deep);
    const vessel = inPolyp > 0 ? 0 : 0.34 * Math.exp(-((of(veins, i) / 0.035) ** 2)) * smooth(of(blotches, i) + 0.6);
    const red = inPolyp > 0 ? flush * smooth(inPolyp * 4) : 0;
    const shine = facing > 0.94 && of(wet, i) > slime ? 190 * smooth((of(wet, i) - slime) * 6) * deep : 0;
    const cloud = 1 + 0.09 * of(blotches, i);
    return [
      tint.red * bright * cloud * (1 - 0.25 * vessel) + shine,
      tint.green * bright * cloud * (1 - vessel) * (1 - red) + shine,
      tint.blue * bright * cloud * (1 - 0.8 * vessel) * (1 - 0.6 * red) + shine,
    ];
  };
}

/** What the scope's optics show: a round or eight-cornered field, dimmer to its border. */
function frameOf(random: Random): (x: number, y: number) => number {
  const cut = random.pick(['round', 'corners', 'none'] as const);
  const corner = random.uniform(1.45, 1.7);
  return (x, y) => {
    const reach = Math.hypot(x, y);
    const vignette = 1 - 0.22 * Math.min(1.4, reach) ** 2;
    if (cut === 'round') return vignette * smooth((0.99 - reach) / 0.03);
    if (cut === 'corners') return vignette * smooth((corner - Math.abs(x) - Math.abs(y)) / 0.03);
    return vignette;
  };
}

function forEachPixel(size: number, visit: (index: number, x: number, y: number) => void): void {
  for (let i = 0; i < size * size; i += 1) {
    visit(i, (2 * ((i % size) + 0.5)) / size - 1, (2 * (Math.floor(i / size) + 0.5)) / size - 1);
  }
}

const of = (field: Field, i: number) => field.values[i] as number;
const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
function smooth(t: number): number {
  const u = Math.max(0, Math.min(1, t));
  return u * u * (3 - 2 * u);
}
