import { bonesBehindLungs, bonesOverLungs } from './bones.ts';
import type { Habitus } from './habitus.ts';
import { lungs } from './lungs.ts';
import { organs } from './organs.ts';
import { ellipsoid, place, type Shape, tube } from './quadric.ts';
import type { Solid, Structure } from './scene.ts';
import { turned } from './vector.ts';

/**
 * A torso of quadrics in patient coordinates (LPS, mm): z = 0 about the seventh thoracic vertebra, x = 0 the median
 * plane. Where solids overlap, the later one is what is there, so the order below is anatomy: skin, muscle, ribs, what
 * the ribs enclose, lungs, what the lungs make room for.
 */
export function torsoOf(habitus: Habitus): readonly Solid[] {
  const { cage, ribs } = bonesBehindLungs(habitus);
  return [
    ...trunk(habitus, 0, -95),
    ...trunk(habitus, habitus.fat, 45),
    ...ribs,
    { structure: 'body' as const, shape: cage, hu: 35 },
    ...lungs(habitus, cage),
    ...organs(habitus),
    ...bonesOverLungs(habitus),
  ].map((solid) => ({ ...solid, shape: place(solid.shape, habitus.placement) }));
}

/** The outline less `depth`: drawn once for the fat and once for what is under it. */
function trunk({ arms, sex, fat }: Habitus, depth: number, hu: number): Solid[] {
  const outer = fat - 12;
  const body = (shape: Shape): Solid => ({ structure: 'body' as Structure, shape, hu });
  const grow = (radius: number) => Math.max(4, radius + outer - depth);
  const shapes = [
    ellipsoid([0, 2, -60], [grow(172), grow(112), grow(430)]),
    ellipsoid([0, 12, 108], [grow(198), grow(78), grow(58)]),
    tube([0, 14, 90], [0, 0, 330], [66 - depth, 66 - depth]),
    ...([1, -1] as const).flatMap((side) => [
      ellipsoid([side * 112, 8, 122], [grow(78), grow(52), grow(36)]),
      ellipsoid([side * 116, 68, 48], [grow(58), grow(34), grow(112)], turned(0, side * 10, side * -42)),
      ...(arms === 'down'
        ? [
            ellipsoid([side * 182, 14, 96], [grow(44), grow(46), grow(58)]),
            tube([side * 186, 14, 100], [side * 236, 10, -260], [grow(38), grow(42)]),
          ]
        : [tube([side * 150, 10, 100], [side * 190, -10, 330], [grow(46), grow(46)])]),
    ]),
  ];
  if (sex === 'F') {
    for (const side of [1, -1])
      shapes.push(
        ellipsoid([side * 82, -84, -34], [64 - depth / 2, 30 - depth / 2, 74 - depth / 2], turned(-20, 0, 0)),
      );
  }
  return shapes.map(body);
}
