import { expect, test } from 'vitest';
import { habitusOf } from './habitus.ts';
import { createSampler, STRUCTURES, sceneOf } from './scene.ts';
import { torsoOf } from './torso.ts';
import { createTracer } from './trace.ts';
import type { Vector } from './vector.ts';

const scene = sceneOf(torsoOf(habitusOf(5, 'down')));
const source: Vector = [3, 1640, -5];
const detector = -160;
const tracer = createTracer(scene, source, detector);

test.each([
  { where: 'through the left lung', x: 70, z: 20, structure: 'left-lung' },
  { where: 'through the right lung', x: -70, z: 20, structure: 'right-lung' },
  { where: 'through heart and spine', x: 5, z: -30, structure: 'heart' },
  { where: 'through the liver', x: -60, z: -120, structure: 'liver' },
  { where: 'through a shoulder', x: 180, z: 100, structure: 'bone' },
  { where: 'along ribs', x: 120, z: -40, structure: 'bone' },
] as const)('the line integral $where is what sampling finds', ({ x, z, structure }) => {
  const sampler = createSampler(scene);
  const direction: Vector = [x - source[0], detector - source[1], z - source[2]];
  const steps = 40000;
  const step = Math.hypot(...direction) / steps;
  let [integral, inside] = [0, 0];
  for (let i = 0; i < steps; i += 1) {
    const t = (i + 0.5) / steps;
    const solid = sampler.at(source[0] + t * direction[0], source[1] + t * direction[1], source[2] + t * direction[2]);
    integral += step * (scene.attenuation[solid] ?? 0);
    if (STRUCTURES[scene.structure[solid] ?? -1] === structure) inside += step;
  }
  expect(Math.abs(tracer.trace(x, z) - integral)).toBeLessThan(0.01 * integral);
  const through = tracer.lengths[STRUCTURES.indexOf(structure)] ?? 0;
  expect(through).toBeGreaterThan(1);
  expect(Math.abs(through - inside)).toBeLessThan(0.5);
});

test('a ray beside the body meets nothing', () => {
  expect(tracer.trace(500, 400)).toBe(0);
  expect([...tracer.lengths].every((length) => length === 0)).toBe(true);
});
