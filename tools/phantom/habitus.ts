import type { Placement } from './quadric.ts';
import { createRandom } from './random.ts';
import { turned, type Vector } from './vector.ts';

/** How one patient differs from the next. Lengths in mm, before `placement` stretches all of it. */
export interface Habitus {
  readonly seed: number;
  readonly sex: 'M' | 'F';
  readonly ageYears: number;
  /** Size and build, and a slight turn of the patient on the table. */
  readonly placement: Placement;
  /** Thickness of the fat under the skin. */
  readonly fat: number;
  readonly lung: { readonly hu: number; readonly width: number; readonly apex: number };
  readonly heart: { readonly size: number; readonly tilt: number; readonly shift: Vector };
  /** Height of the right dome of the diaphragm; the left one is lower. */
  readonly diaphragm: { readonly right: number; readonly left: number };
  readonly liver: { readonly hu: number; readonly reach: number };
  readonly bone: { readonly hu: number; readonly ribTilt: number; readonly ribGap: number };
  readonly arms: 'down' | 'raised';
}

/** Deep breath, standing (radiograph), or lying with the arms up (CT): the same patient by the same seed. */
export function habitusOf(seed: number, arms: 'down' | 'raised'): Habitus {
  const random = createRandom('habitus', seed);
  const sex = random.pick(['M', 'F'] as const);
  const ageYears = random.integer(22, 84);
  const size = random.uniform(0.93, 1.05) * (sex === 'F' ? 0.95 : 1.02);
  const build = random.uniform(0.94, 1.07);
  const stretch: Vector = [size * build, size * random.uniform(0.9, 1.12), size / Math.sqrt(build)];
  const breath = random.uniform(-14, 14);
  return {
    seed,
    sex,
    ageYears,
    placement: {
      stretch,
      axes: turned(random.normal(0, 1.5), random.normal(0, 1.5), random.normal(0, 2.5)),
      shift: [random.normal(0, 5), random.normal(0, 3), random.normal(0, 6)],
    },
    fat: random.uniform(5, 24),
    lung: { hu: random.uniform(-870, -770), width: random.uniform(0.94, 1.05), apex: random.uniform(-10, 12) },
    heart: {
      size: random.uniform(0.86, 1.2) * (ageYears > 65 ? 1.06 : 1),
      tilt: random.uniform(28, 50),
      shift: [random.normal(0, 4), random.normal(0, 4), random.normal(0, 6) + breath * 0.4],
    },
    diaphragm: { right: -62 + breath, left: -76 + breath + random.uniform(-8, 8) },
    liver: { hu: random.uniform(45, 70), reach: random.uniform(0.85, 1.15) },
    bone: { hu: random.uniform(420, 760), ribTilt: random.uniform(24, 38), ribGap: random.uniform(22, 26) },
    arms,
  };
}
