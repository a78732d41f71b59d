import type { DataSet } from '@maskwright/dicom';
import { modalityStep, voiStep } from './gray-pipeline.ts';
import { lookUp } from './lookup-table.ts';
import { isPadding, type PixelDescription } from './pixel-description.ts';
import type { Window } from './render.ts';
import type { Frame } from './source.ts';

/** Display values 0–255 of a grayscale frame: modality LUT, VOI LUT or window, inversion (PS3.4 annex N.2). */
export function grayscaleOf(
  frame: Frame,
  dataset: DataSet,
  description: PixelDescription,
  window: Window | undefined,
): Uint8Array {
  const { data } = frame;
  const modality = modalityOf(dataset, description);
  const display = window
    ? linear(window, false)
    : voiOf(dataset, description, () => rangeOf(frame, dataset, description));
  const inverted = description.photometric === 'MONOCHROME1';
  return mapped(data, (stored) => {
    if (isPadding(description, stored)) return 0;
    const level = Math.round(255 * Math.min(1, Math.max(0, display(modality(stored)))));
    return inverted ? 255 - level : level;
  });
}

type Stored = Frame['data'];

/** Integers of 8 or 16 bits have few values: each is worked out once. */
function mapped(data: Stored, levelOf: (stored: number) => number): Uint8Array {
  const levels = new Uint8Array(data.length);
  if (data.BYTES_PER_ELEMENT > 2) {
    for (let at = 0; at < data.length; at += 1) levels[at] = levelOf(data[at] ?? 0);
    return levels;
  }
  const known = new Int16Array(65536).fill(-1);
  for (let at = 0; at < data.length; at += 1) {
    const stored = data[at] ?? 0;
    const index = stored & 0xffff;
    let level = known[index] ?? -1;
    if (level < 0) {
      level = levelOf(stored);
      known[index] = level;
    }
    levels[at] = level;
  }
  return levels;
}

/** From stored values to those after the modality LUT or the rescale. */
export function modalityOf(dataset: DataSet, description: PixelDescription): (stored: number) => number {
  const step = modalityStep(dataset, description);
  const { bitsStored, bitsAllocated, signed, float } = description;
  // Bits above BitsStored may hold overlays.
  const unused = float || bitsStored >= bitsAllocated || bitsAllocated === 32 ? 0 : 32 - bitsStored;
  return (stored) => {
    const value = unused === 0 ? stored : signed ? (stored << unused) >> unused : (stored << unused) >>> unused;
    return 'entries' in step ? lookUp(step, value) : value * step.slope + step.intercept;
  };
}

type Display = (value: number) => number;

/** From values after the modality LUT to brightness, 0 to 1 and beyond. */
function voiOf(
  dataset: DataSet,
  description: PixelDescription,
  rangeOfPixels: () => readonly [number, number],
): Display {
  const step = voiStep(dataset, description);
  if (step === 'as is') return (value) => value / (2 ** description.bitsStored - 1);
  if (step === 'range') {
    const [low, high] = rangeOfPixels();
    return (value) => (value - low) / (high - low);
  }
  if ('entries' in step) {
    const highest = step.entries.reduce((most, entry) => Math.max(most, entry), 1);
    return (value) => lookUp(step, value) / highest;
  }
  const { center, width, shape } = step;
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  return linear(step, shape !== 'LINEAR_EXACT');
}

/** The range that a frame without window and tables is shown in. */
export function rangeOf(frame: Frame, dataset: DataSet, description: PixelDescription): readonly [number, number] {
  return range(frame.data, modalityOf(dataset, description), (stored) => isPadding(description, stored));
}

/** PS3.3 C.11.2.1.2.1 (LINEAR, with the half pixel) and C.11.2.1.3.2 (LINEAR_EXACT). */
function linear({ center, width }: Window, halfPixel: boolean): Display {
  if (!halfPixel) return (value) => (value - center) / width + 0.5;
  if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return (value) => (value - (center - 0.5)) / (width - 1) + 0.5;
}

/** From the 0.5th to the 99.5th percentile of what is no padding. */
function range(
  data: Stored,
  modality: (stored: number) => number,
  isNone: (stored: number) => boolean,
): readonly [number, number] {
  const counts = new Map<number, number>();
  for (const stored of sampled(data)) {
    if (!isNone(stored)) counts.set(stored, (counts.get(stored) ?? 0) + 1);
  }
  const sorted = [...counts]
    .map(([stored, count]) => ({ value: modality(stored), count }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value);
  const all = sorted.reduce((sum, { count }) => sum + count, 0);
  const ranked = (rank: number): number => {
    let passed = 0;
    for (const { value, count } of sorted) {
      passed += count;
      if (passed > rank) return value;
    }
    return 0;
  };
  const low = ranked(Math.floor((all - 1) * 0.005));
  const high = ranked(Math.ceil((all - 1) * 0.995));
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** Percentiles of more pixels than this are those of every second, third, … one. */
const ENOUGH = 2 ** 22;
function* sampled(data: Stored): Iterable<number> {
  const step = Math.ceil(data.length / ENOUGH);
  for (let at = 0; at < data.length; at += step) yield data[at] ?? 0;
}
