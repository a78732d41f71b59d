import { type Habitus, habitusOf } from './habitus.ts';
import { blurred, clouds, whiteNoise } from './noise.ts';
import { createRandom } from './random.ts';
import { STRUCTURES, type Structure, sceneOf } from './scene.ts';
import { torsoOf } from './torso.ts';
import { createTracer } from './trace.ts';
import type { Vector } from './vector.ts';

export const RADIOGRAPH_STRUCTURES = ['left-lung', 'right-lung', 'heart'] as const;
export type RadiographStructure = (typeof RADIOGRAPH_STRUCTURES)[number];

export interface RadiographOptions {
  readonly seed: number;
  /** PA: the tube behind the patient, the detector at the breast. AP: the other way round, from nearer. */
  readonly view: 'PA' | 'AP';
  readonly size?: number;
}

/** The patient's left is on the image's right in both views, as it is hung. */
export interface Radiograph {
  readonly habitus: Habitus;
  readonly view: 'PA' | 'AP';
  readonly rows: number;
  readonly columns: number;
  /** Square pixels on the detector, mm. */
  readonly spacing: number;
  readonly sourceToDetector: number;
  readonly sourceToPatient: number;
  /** 12 bits, bone bright (as MONOCHROME2 shows it). */
  readonly pixels: Uint16Array;
  /** 1 inside. By the convention of JSRT the lungs end at the shadows of heart, mediastinum and diaphragm. */
  readonly masks: Readonly<Record<RadiographStructure, Uint8Array>>;
}

export const WHITE = 4095;

/** A chest radiograph of the torso of this seed: exact line integrals, scatter, film curve, noise. */
export function radiographOf({ seed, view, size = 384 }: RadiographOptions): Radiograph {
  const habitus = habitusOf(seed, 'down');
  const random = createRandom('exposure', seed, view);
  const field = random.uniform(372, 430) * Math.max(0.97, habitus.placement.stretch[0]);
  const spacing = Number((field / size).toFixed(3));
  const sourceToDetector = view === 'PA' ? 1800 : random.integer(1000, 1250);
  const detector = 160 * (view === 'PA' ? -1 : 1);
  const source: Vector = [
    random.normal(0, 6),
    detector + (view === 'PA' ? 1 : -1) * sourceToDetector,
    random.normal(-10, 12),
  ];
  const centre = { x: random.normal(0, 6), z: -18 + random.normal(0, 9) + (view === 'AP' ? 4 : 0) };
  const tracer = createTracer(sceneOf(torsoOf(habitus)), source, detector);

  const integrals = new Float64Array(size * size);
  const aerated = new Float64Array(size * size);
  const masks = emptyMasks(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const pixel = row * size + column;
      integrals[pixel] = tracer.trace(
        centre.x + (column - (size - 1) / 2) * spacing,
        centre.z - (row - (size - 1) / 2) * spacing,
      );
      const through = (structure: Structure) => tracer.lengths[STRUCTURES.indexOf(structure)] as number;
      aerated[pixel] = through('left-lung') + through('right-lung');
      const structure = shadowOf(through);
      if (structure) masks[structure][pixel] = 1;
    }
  }
  const pixels = exposed(integrals, aerated, size, seed, view);
  return {
    habitus,
    view,
    rows: size,
    columns: size,
    spacing,
    sourceToDetector,
    sourceToPatient: sourceToDetector - 160,
    pixels,
    masks,
  };
}

/** What a reader would outline where this ray went. */
function shadowOf(through: (structure: Structure) => number): RadiographStructure | undefined {
  if (through('heart') > 0) return 'heart';
  if (through('mediastinum') > 0 || through('abdomen') > 0 || through('liver') > 0) return undefined;
  const [left, right] = [through('left-lung'), through('right-lung')];
  if (left === 0 && right === 0) return undefined;
  return left > right ? 'left-lung' : 'right-lung';
}

function emptyMasks(count: number): Record<RadiographStructure, Uint8Array> {
  return { 'left-lung': new Uint8Array(count), 'right-lung': new Uint8Array(count), heart: new Uint8Array(count) };
}

/** Detector and film: scatter, grain, then the sigmoid curve that maps optical depth to brightness. */
function exposed(
  integrals: Float64Array,
  aerated: Float64Array,
  size: number,
  seed: number,
  view: string,
): Uint16Array {
  const random = createRandom('detector', seed, view);
  const field = (values: Float64Array) => ({ width: size, height: size, values });
  const texture = clouds(random, size, size, size / 24, 4).values;
  const primary = blurred(
    field(integrals.map((depth, i) => Math.exp(-depth - lungTexture(aerated, texture, i)))),
    0.6,
  ).values;
  const haze = blurred(field(primary), size / 14).values;
  const scatter = random.uniform(0.35, 0.8);
  const quantum = random.uniform(0.004, 0.012);
  const grain = whiteNoise(random, size, size).values;
  const depths = primary.map((p, i) => {
    const intensity = p + scatter * (haze[i] as number);
    return -Math.log(intensity) + (grain[i] as number) * quantum * Math.min(6, (intensity / 0.03) ** -0.5);
  });
  const sorted = Float64Array.from(depths).sort();
  const level = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] as number;
  const middle = level(random.uniform(0.44, 0.56));
  const spread = (level(0.97) - level(0.12)) / random.uniform(3.3, 4.4);
  return Uint16Array.from(depths, (depth) =>
    Math.round(WHITE * (0.02 + 0.96 / (1 + Math.exp((middle - depth) / spread)))),
  );
}

function lungTexture(aerated: Float64Array, texture: Float64Array, i: number): number {
  return 0.0004 * (aerated[i] as number) * (texture[i] as number);
}
