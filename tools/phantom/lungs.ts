import type { Habitus } from './habitus.ts';
import { above, ellipsoid, intersect, type Shape } from './quadric.ts';
import { createRandom, type Random } from './random.ts';
import type { Solid } from './scene.ts';
import { add, along, scale, turned, unit, type Vector } from './vector.ts';

/** Both lungs with their vessels. The organs drawn later (heart, mediastinum, domes of the diaphragm) cut into them. */
export function lungs(habitus: Habitus, cage: Shape): Solid[] {
  return ([1, -1] as const).flatMap((side) => {
    const structure = side > 0 ? ('left-lung' as const) : ('right-lung' as const);
    const { hu, width, apex } = habitus.lung;
    const shape = intersect(
      ellipsoid([side * 66, 4, -70], [71 * width, 88, 202 + apex], turned(0, side * -6.5, 0)),
      cage,
      above([side * 2, 0, 0], [side, 0, 0]),
      above([0, 0, -152], [0, 0, 1]),
    );
    return [
      { structure, shape, hu },
      ...vessels(createRandom('vessels', habitus.seed, side), side).map((vessel) => ({
        structure,
        shape: intersect(vessel, shape),
        hu: 40,
      })),
    ];
  });
}

/** Vessels as long thin ellipsoids that fork from the hilum outwards, thinner with each generation. */
function vessels(random: Random, side: 1 | -1): Shape[] {
  const hilum: Vector = [side * 34, 12, 2];
  const hub = [0, 1, 2, 3].map(() =>
    ellipsoid(
      [side * random.uniform(32, 42), random.uniform(4, 20), random.uniform(-22, 18)],
      [random.uniform(8, 12), random.uniform(9, 14), random.uniform(11, 18)],
    ),
  );
  const trunks = [-75, -50, -25, 0, 25, 50, 72].map((degrees) => {
    const angle = ((degrees + random.normal(0, 7)) * Math.PI) / 180;
    const direction = unit([side * Math.cos(angle), random.uniform(-0.7, 0.7), Math.sin(angle) - 0.1]);
    return fork(random, hilum, direction, random.uniform(38, 62), random.uniform(3.8, 5.4), 3);
  });
  return [...hub, ...trunks.flat()];
}

function fork(random: Random, from: Vector, direction: Vector, reach: number, radius: number, left: number): Shape[] {
  const middle = add(from, scale(direction, reach / 2));
  const one = ellipsoid(middle, [radius, radius, reach * 0.62], along(direction));
  if (left === 0) return [one];
  const tip = add(from, scale(direction, reach));
  const branches = [0, 1].flatMap(() => {
    const bent = unit(add(direction, [random.normal(0, 0.38), random.normal(0, 0.38), random.normal(0, 0.38)]));
    return fork(random, tip, bent, reach * random.uniform(0.6, 0.85), radius * random.uniform(0.6, 0.78), left - 1);
  });
  return [one, ...branches];
}

/** The dome of one half of the diaphragm: everything under it is abdomen. */
export function dome({ diaphragm }: Habitus, side: 1 | -1): Shape {
  const top = side > 0 ? diaphragm.left : diaphragm.right;
  const middle = -158;
  return ellipsoid([side * 67, 0, middle], [71, 90, top - middle]);
}
