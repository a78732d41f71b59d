import { COEFFICIENTS } from './quadric.ts';
import { type Scene, STRUCTURES } from './scene.ts';
import type { Vector } from './vector.ts';

/** Rays through a scene from one point. `lengths` is one array that is used again for each ray. */
export interface Tracer {
  /**
   * Line integral of the attenuation (no unit) from the source through a point of the plane y = `detector`, at (x, z).
   */
  trace(x: number, z: number): number;
  /** Millimetres of each structure (index as in STRUCTURES) that the last ray went through. */
  readonly lengths: Float64Array;
}

/** Rays from `source` to the plane y = `detector`; all in mm. */
export function createTracer(scene: Scene, source: Vector, detector: number): Tracer {
  const lengths = new Float64Array(STRUCTURES.length);
  const footprints = footprintsOf(scene, source, detector);
  const [enter, leave] = [new Float64Array(scene.count), new Float64Array(scene.count)];
  const hits = new Int32Array(scene.count);
  const cuts = new Float64Array(scene.count * 2);
  const span = new Float64Array(2);
  const row = { z: Number.NaN, solids: new Int32Array(scene.count), count: 0 };

  const turnToRow = (z: number) => {
    row.z = z;
    row.count = 0;
    for (let solid = 0; solid < scene.count; solid += 1) {
      if (z < at(footprints, solid * 4 + 2) || z > at(footprints, solid * 4 + 3)) continue;
      row.solids[row.count] = solid;
      row.count += 1;
    }
  };

  const collect = (x: number, z: number): number => {
    if (z !== row.z) turnToRow(z);
    const [dx, dy, dz] = [x - source[0], detector - source[1], z - source[2]];
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
    let found = 0;
    for (let i = 0; i < row.count; i += 1) {
      const solid = at(row.solids, i);
      if (x < at(footprints, solid * 4) || x > at(footprints, solid * 4 + 1)) continue;
      if (!chordOf(scene, solid, source, dx / distance, dy / distance, dz / distance, span)) continue;
      enter[found] = at(span, 0);
      leave[found] = at(span, 1);
      hits[found] = solid;
      found += 1;
    }
    return found;
  };

  return {
    lengths,
    trace(x, z) {
      lengths.fill(0);
      const found = collect(x, z);
      for (let i = 0; i < found; i += 1) {
        cuts[2 * i] = at(enter, i);
        cuts[2 * i + 1] = at(leave, i);
      }
      sortStart(cuts, 2 * found);
      let integral = 0;
      for (let i = 0; i + 1 < 2 * found; i += 1) {
        const [start, end] = [at(cuts, i), at(cuts, i + 1)];
        const middle = (start + end) / 2;
        // The last solid in the list that covers this piece is what is there.
        let top = found - 1;
        while (top >= 0 && (at(enter, top) > middle || at(leave, top) < middle)) top -= 1;
        if (top < 0) continue;
        const solid = at(hits, top);
        integral += (end - start) * at(scene.attenuation, solid);
        const structure = at(scene.structure, solid);
        lengths[structure] = at(lengths, structure) + end - start;
      }
      return integral;
    },
  };
}

/** Where each solid's box throws its shadow on the detector: least x, greatest x, least z, greatest z. */
function footprintsOf(scene: Scene, source: Vector, detector: number): Float64Array {
  const footprints = new Float64Array(scene.count * 4);
  for (let solid = 0; solid < scene.count; solid += 1) {
    const box = scene.boxes.subarray(solid * 6, solid * 6 + 6);
    const behind = (at(box, 1) - source[1]) * (at(box, 4) - source[1]) <= 0;
    const xs: number[] = [];
    const zs: number[] = [];
    for (let corner = 0; corner < 8; corner += 1) {
      const [x, y, z] = [at(box, corner & 1 ? 3 : 0), at(box, corner & 2 ? 4 : 1), at(box, corner & 4 ? 5 : 2)];
      const reach = (detector - source[1]) / (y - source[1]);
      xs.push(source[0] + reach * (x - source[0]));
      zs.push(source[2] + reach * (z - source[2]));
    }
    // A box about the source itself may be hit by any ray.
    const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    footprints.set(
      behind ? [...all, ...all] : [Math.min(...xs), Math.max(...xs), Math.min(...zs), Math.max(...zs)],
      solid * 4,
    );
  }
  return footprints;
}

/** As `chord` in quadric.ts, on the flat arrays; the answer goes to `span`. */
function chordOf(
  scene: Scene,
  solid: number,
  origin: Vector,
  u: number,
  v: number,
  w: number,
  span: Float64Array,
): boolean {
  const [x, y, z] = origin;
  const q = scene.coefficients;
  let enter = Number.NEGATIVE_INFINITY;
  let leave = Number.POSITIVE_INFINITY;
  for (let n = at(scene.starts, solid); n < at(scene.starts, solid + 1); n += 1) {
    const k = n * COEFFICIENTS;
    const a =
      u * (at(q, k) * u + at(q, k + 3) * v + at(q, k + 4) * w) +
      v * (at(q, k + 1) * v + at(q, k + 5) * w) +
      w * at(q, k + 2) * w;
    const b =
      u * (2 * at(q, k) * x + at(q, k + 3) * y + at(q, k + 4) * z + at(q, k + 6)) +
      v * (2 * at(q, k + 1) * y + at(q, k + 3) * x + at(q, k + 5) * z + at(q, k + 7)) +
      w * (2 * at(q, k + 2) * z + at(q, k + 4) * x + at(q, k + 5) * y + at(q, k + 8));
    const c =
      x * (at(q, k) * x + at(q, k + 3) * y + at(q, k + 4) * z + at(q, k + 6)) +
      y * (at(q, k + 1) * y + at(q, k + 5) * z + at(q, k + 7)) +
      z * (at(q, k + 2) * z + at(q, k + 8)) +
      at(q, k + 9);
    if (Math.abs(a) < 1e-14) {
      if (Math.abs(b) < 1e-14) {
        if (c > 0) return false;
      } else if (b > 0) leave = Math.min(leave, -c / b);
      else enter = Math.max(enter, -c / b);
    } else {
      const discriminant = b * b - 4 * a * c;
      if (discriminant <= 0) return false;
      const root = Math.sqrt(discriminant);
      enter = Math.max(enter, (-b - root) / (2 * a));
      leave = Math.min(leave, (-b + root) / (2 * a));
    }
    if (enter >= leave) return false;
  }
  span[0] = enter;
  span[1] = leave;
  return true;
}

/** Insertion sort of the first `count`: they are few and half in order. */
function sortStart(array: Float64Array, count: number): void {
  for (let i = 1; i < count; i += 1) {
    const value = at(array, i);
    let j = i - 1;
    while (j >= 0 && at(array, j) > value) {
      array[j + 1] = at(array, j);
      j -= 1;
    }
    array[j + 1] = value;
  }
}

/** Typed arrays are read only within their bounds here; the types cannot know. */
function at(array: Float64Array | Int32Array, index: number): number {
  return array[index] as number;
}
