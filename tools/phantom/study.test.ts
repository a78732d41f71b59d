import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DataSet, type Instance, numbers, parsePart10, text } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { describeWith, needs } from '../../test/support/needs.ts';
import { ctStudy } from './ct-study.ts';
import { endoscopyStudy } from './endoscopy-study.ts';
import { radiographStudy } from './radiograph-study.ts';
import type { PhantomStudy } from './study.ts';
import { cross, dot, subtract, type Vector, vectorOf } from './vector.ts';

const size = 64;
const radiographs = (['CR', 'DX'] as const).flatMap((modality) =>
  (['PA', 'AP'] as const).flatMap((view) =>
    (['MONOCHROME1', 'MONOCHROME2'] as const).map((photometric) => ({
      name: `${modality} ${view} ${photometric}`,
      study: () => radiographStudy({ seed: 30, view, modality, photometric, size }),
    })),
  ),
);
const oblique: Vector = [20, -15, 10];
const studies = [
  ...radiographs,
  { name: 'CT', study: () => ctStudy({ seed: 31, size, slices: 4 }) },
  { name: 'CT shuffled', study: () => ctStudy({ seed: 31, size, slices: 4, shuffled: true }) },
  {
    name: 'CT oblique, pixels not square',
    study: () => ctStudy({ seed: 31, size, slices: 4, oblique, pixelAspect: 1.5 }),
  },
  { name: 'endoscopy', study: () => endoscopyStudy({ seed: 32, size }) },
  { name: 'endoscopy of odd size', study: () => endoscopyStudy({ seed: 32, size: 63 }) },
];

describe.each(studies)('$name', ({ study }) => {
  test('is the same when made again, and our own reader reads it', () => {
    const [first, second] = [study(), study()];
    expect(second.files.map(({ bytes }) => bytes)).toEqual(first.files.map(({ bytes }) => bytes));
    for (const { pixelData, dataset } of instancesOf(first)) {
      const { rows, columns } = first.shape;
      const samples = text(dataset, 'PhotometricInterpretation') === 'RGB' ? 3 : 2;
      const length = rows * columns * samples;
      expect(pixelData?.[0]?.length).toBe(length + (length % 2));
    }
  });

  test('has a mask of its own size for each structure', () => {
    const { shape, masks } = study();
    for (const mask of Object.values(masks)) expect(mask.length).toBe(shape.slices * shape.rows * shape.columns);
  });
});

test('MONOCHROME1 is the negative of MONOCHROME2', () => {
  const pixels = (photometric: 'MONOCHROME1' | 'MONOCHROME2') => {
    const [instance] = instancesOf(radiographStudy({ seed: 33, view: 'PA', modality: 'CR', photometric, size }));
    const bytes = instance?.pixelData?.[0] ?? new Uint8Array();
    return new Uint16Array(Uint8Array.from(bytes).buffer);
  };
  const negative = pixels('MONOCHROME1');
  expect(pixels('MONOCHROME2').every((pixel, i) => pixel + (negative[i] ?? 0) === 4095)).toBe(true);
});

describe('positions of CT slices', () => {
  test.each([
    { name: 'axial', options: {} },
    { name: 'oblique', options: { oblique } },
    { name: 'shuffled', options: { shuffled: true } },
  ])('$name: evenly along the normal, in the order of the files', ({ options }) => {
    const instances = instancesOf(ctStudy({ seed: 34, size: 32, slices: 6, sliceSpacing: 8, ...options }));
    const places = instances.map(({ dataset }) => positionOf(dataset));
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers(instances[0]?.dataset ?? {}, 'ImageOrientationPatient');
    const normal = cross([a, b, c], [d, e, f]);
    const steps = places.slice(1).map((place, i) => dot(normal, subtract(place, places[i] ?? place)));
    for (const step of steps) expect(step).toBeCloseTo(8, 6);
  });

  test('shuffled InstanceNumbers are all there, in another order', () => {
    const instances = instancesOf(ctStudy({ seed: 34, size: 32, slices: 6, shuffled: true }));
    const given = instances.map(({ dataset }) => Number(text(dataset, 'InstanceNumber')));
    expect(given).not.toEqual([1, 2, 3, 4, 5, 6]);
    expect([...given].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describeWith(needs.dciodvfy, 'dciodvfy', () => {
  test.each(studies)('finds no error in $name', ({ study }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'phantom-'));
    for (const { name, bytes } of study().files) {
      const file = path.join(folder, name);
      writeFileSync(file, bytes);
      expect(verdictOf(file)).not.toMatch(/^(Error|Warning)/m);
    }
  });
});

function verdictOf(file: string): string {
  return execFileSync('sh', ['-c', 'dciodvfy "$0" 2>&1 || true', file], { encoding: 'utf8' });
}

function positionOf(dataset: DataSet): Vector {
  const position = numbers(dataset, 'ImagePositionPatient');
  return vectorOf((k) => position[k] ?? Number.NaN);
}

function instancesOf(study: PhantomStudy): Instance[] {
  return study.files.map(({ bytes }) => parsePart10(bytes));
}
