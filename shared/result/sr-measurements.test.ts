import { codes, type DataSet, datasetOf, items, number, text } from '@maskwright/dicom';
import type { FrameMeasurements } from '@maskwright/measure';
import { describe, expect, test } from 'vitest';
import { exampleVolume } from './example-source.ts';
import { intensityConcept } from './sr-codes.ts';
import { frameNumbers, volumeNumbers } from './sr-measurements.ts';

const MM = { code: 'mm', meaning: 'millimeter' };
const frameOf = (frame: number, area: number, long: number, short: number): FrameMeasurements => ({
  frame,
  area: { value: area, unit: MM },
  longAxis: { value: long, unit: MM },
  shortAxis: { value: short, unit: MM },
  perimeter: { value: 2 * area, unit: MM },
  circularity: { value: area / 100, unit: MM },
});
const conceptOf = (item: DataSet) => codes(item, 'ConceptNameCodeSequence')[0]?.meaning;
const measuredIn = (item: DataSet) => number(items(item, 'MeasuredValueSequence')[0] ?? {}, 'NumericValue');
const codedIn = (item: DataSet) =>
  items(item, 'ContentSequence').flatMap((child) => codes(child, 'ConceptCodeSequence').map(({ meaning }) => meaning));
const imageIn = (item: DataSet) =>
  items(item, 'ContentSequence')
    .flatMap((child) => items(child, 'ReferencedSOPSequence'))
    .map((image) => text(image, 'ReferencedSOPInstanceUID'))
    .join();

describe('numbers of a report', () => {
  test('are each of the four statistics by its own name, to seven digits', () => {
    const intensity = { count: 3, mean: 3, standardDeviation: 2.16024689947, minimum: 1, maximum: 6, unit: MM };
    const numbers = frameNumbers({ ...frameOf(0, 4, 3, 2), intensity }, 'CT').map((item) => datasetOf(item));
    const statistics = numbers.filter((item) => conceptOf(item) === 'Attenuation Coefficient');
    expect(statistics.map((item) => [...codedIn(item), measuredIn(item)])).toEqual([
      ['Mean', 3],
      ['Standard Deviation', 2.160247],
      ['Minimum', 1],
      ['Maximum', 6],
    ]);
  });

  test('of a volume are those of the slice that they name: of the largest area, or of the longest axis with its short one', () => {
    const source = exampleVolume(2);
    const frames = [frameOf(0, 4, 9, 2), frameOf(1, 20, 5, 3)];
    const volume = { value: 1.5, unit: MM };
    const numbers = volumeNumbers({ frames, calibrated: true, volume }, source, 'CT').map((item) => datasetOf(item));
    const [first, second] = source.frames.map(({ instance }) => instance.sopInstanceUID);
    expect(numbers.map((item) => [conceptOf(item), measuredIn(item), imageIn(item)])).toEqual([
      ['Volume', 1.5, ''],
      ['Area', 20, second],
      ['Long axis', 9, first],
      ['Short axis', 2, first],
      ['Perimeter', 40, second],
      ['Circularity', 0.2, second],
    ]);
  });

  test.each([
    ['CT', '112031'],
    ['DX', '110850'],
    ['MR', '110852'],
    ['US', '110849'],
    ['PT', '110821'],
    ['NM', '110821'],
    ['ES', 'pixel-value'],
  ])('of grey values of %s are %s', (modality, code) => {
    expect(intensityConcept(modality).value).toBe(code);
  });
});
