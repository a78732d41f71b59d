import { COEFFICIENTS, type Shape } from './quadric.ts';
import type { Vector } from './vector.ts';

/** What a point belongs to. The first five are what the phantoms give masks of. */
export const STRUCTURES = [
  'left-lung',
  'right-lung',
  'heart',
  'liver',
  'spine',
  'mediastinum',
  'abdomen',
  'body',
  'bone',
  'airway',
  'couch',
] as const;
export type Structure = (typeof STRUCTURES)[number];

/** A shape filled with one material. Where solids overlap, the later one in the list is what is there. */
export interface Solid {
  readonly structure: Structure;
  readonly shape: Shape;
  /** Hounsfield units; the linear attenuation follows from it. */
  readonly hu: number;
}

/** Solids laid flat in arrays, for the two inner loops, in `createSampler` and `createTracer`. */
export interface Scene {
  readonly count: number;
  readonly boxes: Float64Array;
  readonly starts: Int32Array;
  readonly coefficients: Float64Array;
  readonly hu: Float64Array;
  /** Linear attenuation, 1/mm. */
  readonly attenuation: Float64Array;
  /** Index into STRUCTURES. */
  readonly structure: Int32Array;
}

/** Linear attenuation of water at the mean energy of a chest exposure (about 65 keV), 1/mm. */
const WATER = 0.0195;
/** Calcium absorbs more than its CT number at 120 kV says, photoelectrically. */
const BONE_EXCESS = 1.25;

export function sceneOf(solids: readonly Solid[]): Scene {
  const starts = new Int32Array(solids.length + 1);
  solids.forEach(({ shape }, i) => {
    starts[i + 1] = (starts[i] ?? 0) + shape.quadrics.length;
  });
  return {
    count: solids.length,
    boxes: Float64Array.from(solids.flatMap(({ shape: { box } }) => [...box.low, ...box.high])),
    starts,
    coefficients: Float64Array.from(solids.flatMap(({ shape }) => shape.quadrics.flat())),
    hu: Float64Array.from(solids.map(({ hu }) => hu)),
    attenuation: Float64Array.from(solids.map(({ hu }) => attenuationOf(hu))),
    structure: Int32Array.from(solids.map(({ structure }) => STRUCTURES.indexOf(structure))),
  };
}

export function attenuationOf(hu: number): number {
  const excess = hu > 100 ? 1 + (BONE_EXCESS - 1) * Math.min(1, (hu - 100) / 300) : 1;
  return WATER * Math.max(0, 1 + hu / 1000) * excess;
}

/** Looks up points of a scene, line by line: most solids are ruled out once for a whole line. */
export interface Sampler {
  /** The next points lie within this box. */
  narrow(low: Vector, high: Vector): void;
  /** Index of the solid that is at a point (mm), −1 in the air around. */
  at(x: number, y: number, z: number): number;
}

export function createSampler(scene: Scene): Sampler {
  const { boxes, starts, coefficients: q } = scene;
  const near = Int32Array.from({ length: scene.count }, (_, solid) => solid);
  let found = scene.count;
  return {
    narrow(low, high) {
      found = 0;
      for (let solid = 0; solid < scene.count; solid += 1) {
        const apart = ([0, 1, 2] as const).some(
          (k) => high[k] < num(boxes, solid * 6 + k) || low[k] > num(boxes, solid * 6 + 3 + k),
        );
        if (apart) continue;
        near[found] = solid;
        found += 1;
      }
    },
    at(x, y, z) {
      for (let i = found - 1; i >= 0; i -= 1) {
        const solid = num(near, i);
        const box = solid * 6;
        if (x < num(boxes, box) || y < num(boxes, box + 1) || z < num(boxes, box + 2)) continue;
        if (x > num(boxes, box + 3) || y > num(boxes, box + 4) || z > num(boxes, box + 5)) continue;
        let inside = true;
        for (let n = num(starts, solid); inside && n < num(starts, solid + 1); n += 1) {
          const k = n * COEFFICIENTS;
          const value =
            x * (num(q, k) * x + num(q, k + 3) * y + num(q, k + 4) * z + num(q, k + 6)) +
            y * (num(q, k + 1) * y + num(q, k + 5) * z + num(q, k + 7)) +
            z * (num(q, k + 2) * z + num(q, k + 8)) +
            num(q, k + 9);
          inside = value <= 0;
        }
        if (inside) return solid;
      }
      return -1;
    },
  };
}

/** Typed arrays are read only within their bounds here; the types cannot know. */
function num(array: Float64Array | Int32Array, index: number): number {
  return array[index] as number;
}
