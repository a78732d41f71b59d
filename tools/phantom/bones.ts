import type { Habitus } from './habitus.ts';
import { above, below, column, ellipsoid, intersect, type Shape, tube } from './quadric.ts';
import { createRandom } from './random.ts';
import type { Solid } from './scene.ts';
import { turned, type Vector } from './vector.ts';

/**
 * Ribs are the wall of an egg between two parallel planes that fall to the front and to the side: the egg's inside,
 * `cage`, is drawn over them. So each rib is an exact quadric solid with the right course.
 */
export function bonesBehindLungs(habitus: Habitus): { readonly ribs: Solid[]; readonly cage: Shape } {
  const { hu, ribTilt, ribGap } = habitus.bone;
  const random = createRandom('ribs', habitus.seed);
  const ribs = Array.from({ length: 11 }, (_, i) => i).flatMap((i) =>
    ([1, -1] as const).flatMap((side) => {
      const tilt = ribTilt * (i === 0 ? 0.75 : 1) + random.normal(0, 1);
      const normal: Vector = [side * 0.2, -Math.sin((tilt * Math.PI) / 180), Math.cos((tilt * Math.PI) / 180)];
      const back: Vector = [0, 78, 140 - ribGap * i + random.normal(0, 0.8)];
      const height = 11 + random.normal(0, 0.7) - (i > 8 ? 2 : 0);
      // The front end is cartilage, which an X-ray hardly shows; the ribs below the seventh end earlier.
      const front = i > 8 ? 0 : -72 + 5 * Math.max(0, i - 4);
      const slab = (less: number) => [
        below(shifted(back, height / 2 - less), normal),
        above(shifted(back, -height / 2 + less), normal),
        above([side * 10, 0, 0], [side, 0, 0]),
        above([0, front, 0], [0, 1, 0]),
      ];
      return [
        { structure: 'bone' as const, shape: intersect(...slab(0), egg(0)), hu: hu * 2.1 },
        { structure: 'bone' as const, shape: intersect(...slab(1.5), egg(1.3)), hu: hu * 0.95 },
      ];
    }),
  );
  return { ribs, cage: egg(7.5) };
}

/** Bones in front of and behind the lungs, drawn last: spine, sternum, shoulder girdle. */
export function bonesOverLungs(habitus: Habitus): Solid[] {
  return [...spine(habitus), ...sternum(habitus), ...([1, -1] as const).flatMap((side) => shoulder(habitus, side))];
}

function egg(less: number): Shape {
  return ellipsoid([0, 4, -68], [146 - less, 100 - less, 222 - less]);
}

function spine({ bone: { hu }, seed }: Habitus): Solid[] {
  const random = createRandom('spine', seed);
  const [step, y] = [random.uniform(24, 27), 60];
  const part = (shape: Shape, density: number): Solid => ({ structure: 'spine', shape, hu: density });
  const levels = Array.from({ length: 24 }, (_, i) => 260 - step * i);
  return [
    part(bounded(column([0, y + 26, 0], [12, 11])), hu * 0.7),
    ...levels.flatMap((z) => [
      part(ellipsoid([0, y + 42, z - 10], [3.5, 17, 8], turned(-25, 0, 0)), hu),
      part(ellipsoid([0, y + 24, z], [31, 5, 5]), hu * 0.8),
    ]),
    { structure: 'spine', shape: bounded(column([0, y + 25, 0], [8, 7.5])), hu: 30 },
    part(bounded(column([0, y, 0], [17.2, 15])), hu),
    part(bounded(column([0, y, 0], [15.5, 13.5])), hu * 0.3),
    ...levels.map((z) => part(tube([0, y, z - 2.6], [0, y, z + 2.6], [17.6, 15.4]), 85)),
    ...levels.flatMap((z) =>
      [3.6, -3.6].map((dz) => part(tube([0, y, z + dz - 0.9], [0, y, z + dz + 0.9], [17.4, 15.2]), hu * 1.1)),
    ),
  ];
}

function bounded(shape: Shape): Shape {
  return intersect(shape, { quadrics: [], box: { low: [-60, 20, -400], high: [60, 130, 400] } });
}

function sternum({ bone: { hu } }: Habitus): Solid[] {
  return [
    { structure: 'bone', shape: ellipsoid([0, -93, 12], [17, 6, 78], turned(-6, 0, 0)), hu: hu * 0.8 },
    { structure: 'bone', shape: ellipsoid([0, -82, 88], [27, 7, 24], turned(-12, 0, 0)), hu: hu * 0.8 },
  ];
}

function shoulder({ bone: { hu }, arms, seed }: Habitus, side: 1 | -1): Solid[] {
  const random = createRandom('shoulder', seed, side);
  const lift = arms === 'raised' ? 34 : random.uniform(-2, 12);
  const bone = (shape: Shape, density: number): Solid => ({ structure: 'bone', shape, hu: density });
  const middle: Vector = [side * 82, -62, 112 + lift * 0.6];
  const end: Vector = [side * 150, -8, 122 + lift];
  const spread = arms === 'raised' ? 116 : 122;
  const arm: Vector = [side * 178, 14, 98 + lift];
  const elbow: Vector = arms === 'raised' ? [side * 200, -10, 330] : [side * 226, 12, -250];
  return [
    ...[0, 2.2].flatMap((less) => [
      bone(tube([side * 16, -84, 98], middle, [6.5 - less, 7.5 - less]), less ? hu * 0.5 : hu * 1.25),
      bone(tube(middle, end, [6 - less, 7 - less]), less ? hu * 0.5 : hu * 1.25),
      bone(ellipsoid(middle, [6.6 - less, 6.6 - less, 6.6 - less]), less ? hu * 0.5 : hu * 1.25),
    ]),
    bone(ellipsoid([side * spread, 72, 46 + lift], [33, 3.5, 72], turned(5, side * 10, side * -42)), hu * 0.7),
    bone(ellipsoid([side * 146, 46, 106 + lift], [34, 8, 8], turned(0, side * -18, side * -42)), hu * 0.9),
    bone(ellipsoid(arm, [25, 25, 27]), hu),
    bone(ellipsoid(arm, [22.5, 22.5, 24.5]), hu * 0.45),
    bone(tube(arm, elbow, [13, 13]), hu * 1.4),
    bone(tube(arm, elbow, [8, 8]), hu * 0.15),
  ];
}

function shifted(point: Vector, up: number): Vector {
  return [point[0], point[1], point[2] + up];
}
