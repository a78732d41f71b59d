import {
  extentOf,
  framePixels,
  largestPiece,
  type Mask,
  pixelCount,
  type Run,
  runsOf,
  type SourceFrame,
  type SourceImage,
} from '@maskwright/image';
import { axesOf } from './axes.ts';
import { isSquare, patientSpacing, type Spacing } from './calibration.ts';
import { type Intensities, IntensitySum } from './intensity.ts';
import type { FrameMeasurements, MaskMeasurements, Quantity } from './measurements.ts';
import { perimeterOf } from './perimeter.ts';
import { sliceShares } from './slice-shares.ts';
import { MILLILITRE, MILLIMETRE, PIXELS, RATIO, SQUARE_MILLIMETRE, type Unit } from './units.ts';

/**
 * Measures masks on their source. Millimetres are claimed only where the source is calibrated; else lengths and areas count
 * pixels.
 * @param masks each with the source's frames, rows and columns
 * @param intensities grey values of a frame, asked once for each frame that any mask shows something on, one after another
 * @returns one for each mask, in order
 */
export async function measureMasks(
  source: SourceImage,
  masks: readonly Mask[],
  intensities: (frame: SourceFrame) => Promise<Intensities | undefined>,
): Promise<MaskMeasurements[]> {
  const wholes = masks.map((mask) => ({ mask, frames: Array.of<FrameMeasurements>(), sum: new IntensitySum() }));
  for (const [index, frame] of source.frames.entries()) {
    const shown = wholes.flatMap((whole) => {
      const runs = runsOf(framePixels(whole.mask, index), source.columns);
      return runs.length > 0 ? [{ whole, runs }] : [];
    });
    if (shown.length === 0) continue;
    const grey = await intensities(frame);
    for (const { whole, runs } of shown) {
      const own = new IntensitySum();
      if (grey) own.add(grey, runs, source.columns);
      whole.sum.addAll(own);
      whole.frames.push({ frame: index, ...measureRuns(runs, frame), ...own.statistics() });
    }
  }
  const shares = sliceShares(source);
  return wholes.map(({ frames, sum }) => ({
    frames,
    calibrated: frames.every(({ area }) => area.unit === SQUARE_MILLIMETRE),
    ...(shares && frames.length > 0 ? { volume: volumeOf(frames, shares) } : {}),
    ...sum.statistics(),
  }));
}

/** What can be told without the image's pixels. */
function measureRuns(
  runs: readonly Run[],
  frame: SourceFrame,
): Pick<FrameMeasurements, 'area' | 'longAxis' | 'shortAxis' | 'perimeter' | 'circularity'> {
  const known = patientSpacing(frame, extentOf(runs));
  const spacing: Spacing = known ?? [1, 1];
  const length = (value: number): Quantity => quantity(value, known ? MILLIMETRE : PIXELS);
  const area = pixelCount(runs) * spacing[0] * spacing[1];
  const measured = { area: quantity(area, known ? SQUARE_MILLIMETRE : PIXELS) };
  if (!known && !isSquare(frame.instance.dataset)) return measured;
  const { long, short } = axesOf(largestPiece(runs), spacing);
  const perimeter = perimeterOf(runs, spacing);
  return {
    ...measured,
    longAxis: length(long),
    shortAxis: length(short),
    perimeter: length(perimeter),
    // A digital disc may come out a little rounder than a circle.
    circularity: quantity(Math.min(1, (4 * Math.PI * area) / perimeter ** 2), RATIO),
  };
}

function volumeOf(frames: readonly FrameMeasurements[], shares: readonly number[]): Quantity {
  const cubicMillimetres = frames.reduce((sum, { frame, area }) => sum + area.value * (shares[frame] ?? 0), 0);
  return quantity(cubicMillimetres / 1000, MILLILITRE);
}

function quantity(value: number, unit: Unit): Quantity {
  return { value, unit };
}
