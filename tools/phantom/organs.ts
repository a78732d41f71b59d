import type { Habitus } from './habitus.ts';
import { dome } from './lungs.ts';
import { above, below, ellipsoid, intersect, tube } from './quadric.ts';
import { createRandom } from './random.ts';
import type { Solid } from './scene.ts';
import { turned } from './vector.ts';

/** What lies between and under the lungs. */
export function organs(habitus: Habitus): Solid[] {
  return [...mediastinum(habitus), ...abdomen(habitus), aorta(), ...heart(habitus), ...airways(habitus)];
}

function abdomen(habitus: Habitus): Solid[] {
  const random = createRandom('abdomen', habitus.seed);
  const { right, left } = habitus.diaphragm;
  const { hu, reach } = habitus.liver;
  const gas = ellipsoid(
    [random.uniform(48, 80), random.uniform(-40, -10), left - random.uniform(24, 44)],
    [random.uniform(14, 36), random.uniform(12, 28), random.uniform(9, 18)],
  );
  const lower = above([-60, 0, -215 * reach], [0.45, 0, 1]);
  return [
    { structure: 'abdomen', shape: dome(habitus, -1), hu: 45 },
    { structure: 'abdomen', shape: dome(habitus, 1), hu: 25 },
    // Spleen and stomach with its bubble of gas.
    { structure: 'abdomen', shape: ellipsoid([98, 38, left - 62], [30, 42, 44], turned(0, 20, 30)), hu: 52 },
    { structure: 'abdomen', shape: ellipsoid([58, -22, left - 52], [44, 46, 46]), hu: 32 },
    { structure: 'abdomen', shape: gas, hu: -960 },
    {
      structure: 'liver',
      shape: intersect(ellipsoid([-67, -2, -158], [68, 84, right + 155]), lower, above([0, 0, -235], [0, 0, 1])),
      hu,
    },
    { structure: 'liver', shape: intersect(ellipsoid([-22, -42, right - 44], [74 * reach, 42, 38]), lower), hu },
  ];
}

function mediastinum({ heart: { shift } }: Habitus): Solid[] {
  const x = shift[0] / 2;
  return [
    {
      structure: 'mediastinum',
      shape: intersect(
        ellipsoid([x, 0, -30], [29, 82, 260]),
        below([0, 0, 170], [0, 0, 1]),
        above([0, 0, -150], [0, 0, 1]),
      ),
      hu: -60,
    },
    // Superior vena cava, arch and descending aorta, pulmonary trunk.
    { structure: 'mediastinum', shape: tube([-16 + x, -14, 165], [-24 + x, -14, -25], [10, 10]), hu: 45 },
    { structure: 'mediastinum', shape: ellipsoid([14 + x, 12, 66], [24, 36, 15], turned(0, 0, -18)), hu: 45 },
    { structure: 'mediastinum', shape: ellipsoid([26 + x, -18, 30], [20, 20, 22]), hu: 45 },
  ];
}

function aorta(): Solid {
  return { structure: 'mediastinum', shape: tube([25, 38, 66], [12, 34, -260], [13, 13]), hu: 45 };
}

/** Left ventricle (its apex to the left, to the front and down) and right atrium; muscle around, blood within. */
function heart({ heart: { size, tilt, shift }, diaphragm }: Habitus): Solid[] {
  const [x, y, z] = shift;
  const low = Math.max(-64, diaphragm.left + 14 + 32 * size - 32) + z;
  const part = (hu: number, less: number) => [
    {
      structure: 'heart' as const,
      shape: ellipsoid(
        [22 + x, -28 + y, low + 22],
        [66 * size - less, 40 * size - less, 42 * size - less],
        turned(0, tilt, -22),
      ),
      hu,
    },
    {
      structure: 'heart' as const,
      shape: ellipsoid([-16 + x, -22 + y, low + 32], [29 * size - less, 33 * size - less, 44 * size - less]),
      hu,
    },
    {
      structure: 'heart' as const,
      shape: ellipsoid([12 + x, -24 + y, low + 62], [25 * size - less, 28 * size - less, 34 * size - less]),
      hu,
    },
  ];
  return [...part(50, 0), ...part(42, 9)];
}

function airways({ heart: { shift } }: Habitus): Solid[] {
  const x = shift[0] / 2;
  return [
    { structure: 'airway', shape: tube([x, 8, 230], [x, 14, 44], [8.5, 8]), hu: -990 },
    { structure: 'airway', shape: tube([x, 14, 48], [-36 + x, 16, 18], [6.5, 6.5]), hu: -990 },
    { structure: 'airway', shape: tube([x, 14, 48], [42 + x, 18, 22], [5.5, 5.5]), hu: -990 },
  ];
}
