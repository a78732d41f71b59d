import { type Habitus, habitusOf } from './habitus.ts';
import { blurred, whiteNoise } from './noise.ts';
import { above, column, intersect, type Shape } from './quadric.ts';
import { createRandom } from './random.ts';
import { createSampler, type Sampler, type Scene, type Solid, STRUCTURES, sceneOf } from './scene.ts';
import { torsoOf } from './torso.ts';
import { add, cross, length, scale, turned, type Vector } from './vector.ts';

export const CT_STRUCTURES = ['left-lung', 'right-lung', 'heart', 'liver', 'spine'] as const;
export type CtStructure = (typeof CT_STRUCTURES)[number];

/** A stack of parallel planes. All in mm, LPS, as DICOM gives them. */
export interface VolumeGeometry {
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  /** Centre of the first voxel of the first slice (ImagePositionPatient). */
  readonly origin: Vector;
  /** Direction in which the column index grows, then that in which the row index grows (ImageOrientationPatient). */
  readonly orientation: readonly [Vector, Vector];
  /** Between rows, between columns (PixelSpacing). */
  readonly spacing: readonly [number, number];
  /** Between slices, along the normal row × column. */
  readonly sliceSpacing: number;
}

/** Voxels in the order (slice, row, column). */
export interface SampledVolume {
  readonly geometry: VolumeGeometry;
  /** Hounsfield units, without noise; the mean of four points of each voxel's plane. */
  readonly hu: Float64Array;
  /** 1 where the voxel's centre is inside. */
  readonly masks: Readonly<Record<CtStructure, Uint8Array>>;
}

const AIR = -1000;
const QUARTERS = [-0.25, 0.25];

export interface CtOptions {
  readonly seed: number;
  /** Rows and columns. */
  readonly size?: number;
  readonly slices?: number;
  readonly sliceSpacing?: number;
  /** Column spacing as a part of row spacing: 1 for square pixels. */
  readonly pixelAspect?: number;
  /** Turn of the planes about x, y and z, degrees. */
  readonly oblique?: Vector;
}

export interface Ct extends SampledVolume {
  readonly habitus: Habitus;
  /** HU as scanned: with noise and the scanner's blur. */
  readonly pixels: Int16Array;
}

/** A CT of thorax and upper abdomen of this seed's torso, arms up, on a couch, slices from below upwards. */
export function ctOf(options: CtOptions): Ct {
  const habitus = habitusOf(options.seed, 'raised');
  const volume = sampleVolume([...couch(), ...torsoOf(habitus)], geometryOf(options, habitus));
  return { ...volume, habitus, pixels: scanned(volume, options.seed) };
}

/** The exact picture of solids on any planes: what a geometry test may trust. */
export function sampleVolume(solids: readonly Solid[], geometry: VolumeGeometry): SampledVolume {
  const { rows, columns, slices, origin, orientation, spacing, sliceSpacing } = geometry;
  const [across, down] = [scale(orientation[0], spacing[1]), scale(orientation[1], spacing[0])];
  const ahead = scale(cross(orientation[0], orientation[1]), sliceSpacing);
  const scene = sceneOf(solids);
  const sampler = createSampler(scene);
  const count = rows * columns * slices;
  const hu = new Float64Array(count);
  const masks = emptyMasks(count);
  for (let line = 0; line < rows * slices; line += 1) {
    const start = add(add(origin, scale(ahead, Math.floor(line / rows))), scale(down, line % rows));
    sampler.narrow(...boxOfLine(start, add(start, scale(across, columns - 1)), length(across) + length(down)));
    for (let column = 0; column < columns; column += 1) {
      const voxel = line * columns + column;
      const centre = add(start, scale(across, column));
      const structure = CT_STRUCTURES.find((one) => one === STRUCTURES[scene.structure[sampler.at(...centre)] ?? -1]);
      if (structure) masks[structure][voxel] = 1;
      hu[voxel] = meanHu(scene, sampler, centre, across, down);
    }
  }
  return { geometry, hu, masks };
}

function boxOfLine(a: Vector, b: Vector, margin: number): [Vector, Vector] {
  return [
    [Math.min(a[0], b[0]) - margin, Math.min(a[1], b[1]) - margin, Math.min(a[2], b[2]) - margin],
    [Math.max(a[0], b[0]) + margin, Math.max(a[1], b[1]) + margin, Math.max(a[2], b[2]) + margin],
  ];
}

function meanHu(scene: Scene, sampler: Sampler, centre: Vector, across: Vector, down: Vector): number {
  let sum = 0;
  for (const i of QUARTERS) {
    for (const j of QUARTERS) {
      const solid = sampler.at(
        centre[0] + across[0] * i + down[0] * j,
        centre[1] + across[1] * i + down[1] * j,
        centre[2] + across[2] * i + down[2] * j,
      );
      sum += scene.hu[solid] ?? AIR;
    }
  }
  return sum / 4;
}

function geometryOf(options: CtOptions, habitus: Habitus): VolumeGeometry {
  const { seed, size = 128, slices = 24, sliceSpacing = 10, pixelAspect = 1, oblique = [0, 0, 0] } = options;
  const random = createRandom('scan', seed);
  const field = 410 * habitus.placement.stretch[0];
  const spacing = [rounded(field / size, 2), rounded((field / size) * pixelAspect, 2)] as const;
  const [right, back] = turned(...oblique);
  const centre: Vector = [random.normal(0, 4), random.normal(6, 4), random.normal(-18, 6)];
  const corner = add(
    centre,
    add(
      scale(right, -((size - 1) / 2) * spacing[1]),
      add(scale(back, -((size - 1) / 2) * spacing[0]), scale(cross(right, back), -((slices - 1) / 2) * sliceSpacing)),
    ),
  );
  const origin: Vector = [rounded(corner[0], 1), rounded(corner[1], 1), rounded(corner[2], 1)];
  return { rows: size, columns: size, slices, origin, orientation: [right, back], spacing, sliceSpacing };
}

/** Lengths as a scanner writes them. */
function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function couch(): Solid[] {
  const part = (less: number, hu: number): Solid => ({ structure: 'couch', shape: plank(less), hu });
  return [part(0, -250), part(4, -880)];
}

/** The lower part of a wide flat cylinder along z. */
function plank(less: number): Shape {
  return intersect(column([0, 118, 0], [220 - less, 44 - less]), above([0, 128 + less, 0], [0, 1, 0]));
}

function scanned({ hu, geometry: { rows, columns, slices } }: SampledVolume, seed: number): Int16Array {
  const random = createRandom('scanner', seed);
  const sigma = random.uniform(8, 22);
  const pixels = new Int16Array(hu.length);
  for (let slice = 0; slice < slices; slice += 1) {
    const from = slice * rows * columns;
    const field = { width: columns, height: rows, values: hu.subarray(from, from + rows * columns) };
    const clean = blurred(field, 0.45).values;
    // Reconstruction correlates the noise of neighbours; 1.9 gives the deviation back that the blur takes.
    const grain = blurred(whiteNoise(random, columns, rows), 0.55).values;
    for (let i = 0; i < clean.length; i += 1) {
      const value = (clean[i] as number) + 1.9 * sigma * (grain[i] as number);
      pixels[from + i] = Math.max(-1024, Math.min(3071, Math.round(value)));
    }
  }
  return pixels;
}

function emptyMasks(count: number): Record<CtStructure, Uint8Array> {
  const mask = () => new Uint8Array(count);
  return { 'left-lung': mask(), 'right-lung': mask(), heart: mask(), liver: mask(), spine: mask() };
}
