import type { Mask, SourceFrame, SourceImage } from '@maskwright/image';
import { axesOf } from './axes.ts';
import { isSquare, patientSpacing, type Spacing } from './calibration.ts';
import { type Intensities, IntensitySum } from './intensity.ts';
import type { FrameMeasurements, MaskMeasurements, Quantity } from './measurements.ts';
import { perimeterOf } from './perimeter.ts';
import { type Extent, largestPiece, type Region, regionOf } from './region.ts';
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
  const runs = masks.map((mask) => ({ mask, frames: Array.of<FrameMeasurements>(), sum: new IntensitySum() }));
  for (const [index, frame] of source.frames.entries()) {
    const shown = runs.flatMap((run) => {
      const pixels = framePixels(run.mask, index);
      const region = regionOf(pixels, source.columns);
      return region ? [{ run, pixels, region }] : [];
    });
    if (shown.length === 0) continue;
    const grey = await intensities(frame);
    for (const { run, pixels, region } of shown) {
      const own = new IntensitySum();
      if (grey) for (const sum of [own, run.sum]) sum.add(grey, pixels);
      run.frames.push({ frame: index, ...measureRegion(region, frame), ...own.statistics() });
    }
  }
  const shares = sliceShares(source);
  return runs.map(({ frames, sum }) => ({
    frames,
    calibrated: frames.every(({ area }) => area.unit === SQUARE_MILLIMETRE),
    ...(shares && frames.length > 0 ? { volume: volumeOf(frames, shares) } : {}),
    ...sum.statistics(),
  }));
}

function framePixels({ rows, columns, data }: Mask, index: number): Uint8Array {
  return data.subarray(index * rows * columns, (index + 1) * rows * columns);
}

/** What can be told without the image's pixels. */
function measureRegion(
  region: Region & { readonly extent: Extent },
  frame: SourceFrame,
): Pick<FrameMeasurements, 'area' | 'longAxis' | 'shortAxis' | 'perimeter' | 'circularity'> {
  const known = patientSpacing(frame, region.extent);
  const spacing: Spacing = known ?? [1, 1];
  const length = (value: number): Quantity => quantity(value, known ? MILLIMETRE : PIXELS);
  const area = pixelCount(region) * spacing[0] * spacing[1];
  const measured = { area: quantity(area, known ? SQUARE_MILLIMETRE : PIXELS) };
  if (!known && !isSquare(frame.instance.dataset)) return measured;
  const { long, short } = axesOf(largestPiece(region), spacing);
  const perimeter = perimeterOf(region, spacing);
  return {
    ...measured,
    longAxis: length(long),
    shortAxis: length(short),
    perimeter: length(perimeter),
    // A digital disc may come out a little rounder than a circle.
    circularity: quantity(Math.min(1, (4 * Math.PI * area) / perimeter ** 2), RATIO),
  };
}

function pixelCount({ data }: Region): number {
  return data.reduce((sum, pixel) => sum + pixel, 0);
}

function volumeOf(frames: readonly FrameMeasurements[], shares: readonly number[]): Quantity {
  const cubicMillimetres = frames.reduce((sum, { frame, area }) => sum + area.value * (shares[frame] ?? 0), 0);
  return quantity(cubicMillimetres / 1000, MILLILITRE);
}

function quantity(value: number, unit: Unit): Quantity {
  return { value, unit };
}
