import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith, needs, sharedFolder } from '../../test/support/needs.ts';
import { said } from './attributes.ts';
import { attributesOfMask, type PlaneMask } from './from-mask.ts';

function maskOf(rows: number, columns: number, inside: (x: number, y: number) => boolean): PlaneMask {
  const data = Uint8Array.from({ length: rows * columns }, (_, i) =>
    Number(inside(i % columns, Math.floor(i / columns))),
  );
  return { rows, columns, data };
}
function seen(mask: PlaneMask, rgb?: Uint8Array): Record<string, string> {
  return Object.fromEntries(attributesOfMask(mask, 'test', rgb ? { rgb } : {}).map((one) => [one.name, said(one)]));
}
const disc =
  (cx: number, cy: number, a: number, b = a) =>
  (x: number, y: number) =>
    ((x + 0.5 - cx) / a) ** 2 + ((y + 0.5 - cy) / b) ** 2 <= 1;

describe('attributes of a mask', () => {
  test.each<[string, PlaneMask, Record<string, string>]>([
    [
      'a small disc at the upper left',
      maskOf(90, 90, disc(15, 15, 12)),
      { number: '1', size: 'small', shape: 'round', location: 'top left' },
    ],
    [
      'a large disc in the middle',
      maskOf(90, 90, disc(45, 45, 40)),
      { size: 'large', shape: 'round', location: 'center' },
    ],
    ['an ellipse', maskOf(90, 90, disc(45, 45, 40, 15)), { size: 'medium', shape: 'oval', location: 'center' }],
    ['a cross', maskOf(90, 90, (x, y) => Math.abs(x - 45) < 4 || Math.abs(y - 45) < 4), { shape: 'irregular' }],
    [
      'two parts of unlike size',
      maskOf(90, 90, (x, y) => disc(15, 15, 2)(x, y) || disc(60, 60, 25)(x, y)),
      { number: '2', size: 'small, medium', location: 'top left, center' },
    ],
    ['a speck', maskOf(200, 200, (x, y) => x === 100 && y === 100), { number: '1', location: 'center' }],
  ])('%s', (_, mask, expected) => {
    expect(seen(mask)).toMatchObject(expected);
  });

  test('do not count crumbs where a model drew it', () => {
    const mask = maskOf(90, 90, (x, y) => disc(15, 15, 2)(x, y) || disc(60, 60, 25)(x, y));
    const told = attributesOfMask(mask, 'test', { leastShare: 0.1 });
    expect(told.slice(0, 2).map(said)).toEqual(['1', 'medium']);
  });

  test('say nothing where it is empty', () => {
    expect(
      attributesOfMask(
        maskOf(8, 8, () => false),
        'test',
      ),
    ).toEqual([]);
  });

  test.each<[string, readonly [number, number, number], string | undefined]>([
    ['red', [200, 30, 40], 'red'],
    ['brown', [110, 70, 35], 'brown'],
    ['pink', [220, 150, 150], 'pink'],
    ['no colour in a grey image', [90, 90, 90], undefined],
  ])('the colour: %s', (_, color, expected) => {
    const mask = maskOf(30, 30, disc(15, 15, 8));
    expect(
      seen(
        mask,
        Uint8Array.from({ length: 2700 }, (_, i) => color[i % 3] ?? 0),
      ).color,
    ).toBe(expected);
  });

  test('any mask has as many places as parts, and its origin is told', () => {
    const plane = fc.uint8Array({ minLength: 144, maxLength: 144, max: 1 });
    fc.assert(
      fc.property(plane, (data) => {
        const attributes = attributesOfMask({ rows: 12, columns: 12, data }, 'starter-vlsm');
        const [number, location] = ['number', 'location'].map(
          (name) => attributes.find((one) => one.name === name)?.value,
        );
        expect(Array.isArray(location) ? location.length : 0).toBe(number ?? 0);
        expect(
          attributes.every(({ source, origin }) => source === 'first-pass mask' && origin === 'starter-vlsm'),
        ).toBe(true);
      }),
    );
  });
});

/** Sets whose images the paper's files name; the sentence is taken apart without our templates. */
const SENTENCE =
  /^(?<number>\w+) (?<size>[a-z, ]*?(?:tiny|small|medium|large)) \w+ .+ (?:polyp|skin melanoma|foot ulcer), located in (?<location>.+) of the image$/;
const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const SETS = [
  ['kvasir_polyp', 'kvasir-seg'],
  ['bkai_polyp', 'bkai-igh'],
  ['clinicdb_polyp', 'cvc-clinicdb'],
  ['colondb_polyp', 'cvc-colondb'],
  ['isic', 'isic2017'],
] as const;
const entries = z.array(z.object({ image: z.string(), prompts: z.object({ p6: z.string() }) }));

describeWith(needs.sharedData, 'number, size and place are the paper’s', () => {
  // The masks at hand are smaller copies of the paper's, so that a part at a border may fall to its other side.
  test.each(SETS)('%s', (file, folder) => {
    const tried = entries
      .parse(JSON.parse(readFileSync(path.join(sharedFolder, 'data/prompts', `${file}.json`), 'utf8')))
      .flatMap(({ image, prompts }) => {
        const png = path.join(sharedFolder, 'data/images', folder, `${path.parse(image).name}.png`);
        const words = SENTENCE.exec(prompts.p6)?.groups;
        return words && existsSync(png) ? [{ words, mask: readMask(png) }] : [];
      });
    const equal = (name: string, told: (words: Record<string, string>) => string | undefined) =>
      tried.filter(({ words, mask }) => seen(mask)[name] === told(words)).length;
    const counts = {
      tried: tried.length,
      number: equal('number', ({ number = '' }) => String(NUMBERS.indexOf(number))),
      size: equal('size', ({ size }) => size),
      location: equal('location', ({ location }) => location),
    };
    console.info(`${file}: ${JSON.stringify(counts)}`);
    expect(counts.tried).toBeGreaterThan(20);
    expect(Math.min(counts.number, counts.size, counts.location)).toBeGreaterThanOrEqual(counts.tried - 2);
  });
});

function readMask(png: string): PlaneMask {
  const { width, height, data } = PNG.sync.read(readFileSync(png));
  return {
    rows: height,
    columns: width,
    data: Uint8Array.from({ length: width * height }, (_, i) => Number((data[4 * i] ?? 0) > 127)),
  };
}
