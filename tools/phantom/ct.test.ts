import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CT_STRUCTURES, ctOf, sampleVolume, type VolumeGeometry } from './ct.ts';
import { ellipsoid } from './quadric.ts';
import { add, cross, dot, scale, turned, type Vector } from './vector.ts';

describe('sampleVolume', () => {
  const angle = fc.double({ min: -80, max: 80, noNaN: true });
  const radius = fc.double({ min: 20, max: 45, noNaN: true });

  test('a plane through an ellipsoid has the area that geometry says', () => {
    const property = fc.property(
      fc.tuple(angle, angle, angle),
      fc.tuple(radius, radius, radius),
      fc.double({ min: -0.7, max: 0.7, noNaN: true }),
      fc.double({ min: 0.6, max: 1.6, noNaN: true }),
      (angles, radii, part, aspect) => {
        const [right, down] = turned(...angles);
        const normal = cross(right, down);
        const support = Math.sqrt(radii.reduce((sum, r, k) => sum + (r * (normal[k] ?? 0)) ** 2, 0));
        const distance = part * support;
        const spacing = [1, aspect] as const;
        const size = 192;
        const corner = add(scale(right, -(size / 2) * aspect), scale(down, -size / 2));
        const geometry: VolumeGeometry = {
          rows: size,
          columns: size,
          slices: 1,
          origin: add(scale(normal, distance), corner),
          orientation: [right, down],
          spacing,
          sliceSpacing: 1,
        };
        const solid = { structure: 'heart', shape: ellipsoid([0, 0, 0], radii), hu: 50 } as const;
        const counted = sampleVolume([solid], geometry).masks.heart.reduce((sum, one) => sum + one, 0) * aspect;
        const exact = ((Math.PI * radii[0] * radii[1] * radii[2]) / support) * (1 - part ** 2);
        // Half a pixel's diagonal along an outline of at most 2π·45 mm, less what cancels.
        expect(Math.abs(counted - exact)).toBeLessThan(0.02 * exact + 8);
      },
    );
    fc.assert(property, { numRuns: 25, seed: 4 });
  });

  test('slices follow the normal row × column', () => {
    const centre: Vector = [12, -7, 30];
    const [right, down] = turned(20, -35, 50);
    const normal = cross(right, down);
    const origin = add(centre, add(add(scale(right, -40), scale(down, -40)), scale(normal, -6 * 4)));
    const geometry: VolumeGeometry = {
      ...{ rows: 41, columns: 21, slices: 9, origin, orientation: [right, down] },
      ...{ spacing: [2, 4], sliceSpacing: 6 },
    };
    const ball = { structure: 'liver', shape: ellipsoid(centre, [9, 9, 9]), hu: 60 } as const;
    const { liver } = sampleVolume([ball], geometry).masks;
    const inside = [...liver.keys()].filter((voxel) => liver[voxel]);
    const positions = inside.map((voxel) => {
      const [slice, row, column] = [Math.floor(voxel / 861), Math.floor(voxel / 21) % 41, voxel % 21];
      return add(add(origin, scale(normal, 6 * slice)), add(scale(down, 2 * row), scale(right, 4 * column)));
    });
    const mean = scale(positions.reduce(add, [0, 0, 0]), 1 / positions.length);
    expect(dot(add(mean, scale(centre, -1)), add(mean, scale(centre, -1)))).toBeLessThan(0.01);
  });
});

describe.each([6, 7, 8])('CT of seed %i', (seed) => {
  const size = 96;
  const { masks, hu, pixels, geometry } = ctOf({ seed, size, slices: 16, sliceSpacing: 15 });
  const voxels = (name: (typeof CT_STRUCTURES)[number]) => [...masks[name].keys()].filter((i) => masks[name][i]);
  const meanOf = (indices: number[], value: (index: number) => number) =>
    indices.reduce((sum, index) => sum + value(index), 0) / indices.length;

  test.each([
    ['left-lung', -900, -700],
    ['right-lung', -900, -700],
    ['heart', 10, 60],
    ['liver', 30, 75],
    ['spine', 80, 600],
  ] as const)('%s is there, with a mean between %i and %i HU', (name, low, high) => {
    const inside = voxels(name);
    expect(inside.length).toBeGreaterThan(300);
    for (const mean of [meanOf(inside, (i) => hu[i] ?? 0), meanOf(inside, (i) => pixels[i] ?? 0)]) {
      expect(mean).toBeGreaterThan(low);
      expect(mean).toBeLessThan(high);
    }
  });

  test('no voxel belongs to two structures', () => {
    const all = CT_STRUCTURES.flatMap(voxels);
    expect(new Set(all).size).toBe(all.length);
  });

  test('the patient lies as the coordinates say: left on the right of the image, liver right, spine behind', () => {
    const column = (i: number) => i % size;
    const row = (i: number) => Math.floor(i / size) % size;
    const slice = (i: number) => Math.floor(i / size / size);
    const middle = (size - 1) / 2;
    expect(meanOf(voxels('left-lung'), column)).toBeGreaterThan(middle + 8);
    expect(meanOf(voxels('right-lung'), column)).toBeLessThan(middle - 8);
    expect(meanOf(voxels('heart'), column)).toBeGreaterThan(meanOf(voxels('spine'), column));
    expect(meanOf(voxels('liver'), column)).toBeLessThan(middle);
    expect(meanOf(voxels('spine'), row)).toBeGreaterThan(meanOf(voxels('heart'), row) + 8);
    expect(meanOf(voxels('liver'), slice)).toBeLessThan(meanOf(voxels('heart'), slice));
    expect(cross(...geometry.orientation)[2]).toBeCloseTo(1, 6);
  });

  test('structures lie inside the body: the border of the picture is air or couch', () => {
    for (const name of CT_STRUCTURES) {
      expect(voxels(name).every((i) => i % size > 1 && i % size < size - 2 && Math.floor(i / size) % size > 5)).toBe(
        true,
      );
    }
  });
});
