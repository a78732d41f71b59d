import type { SourceFrame, SourceImage } from '@maskwright/image';
import { calibratedSpacing } from '@maskwright/measure';
import type { SegGeometry } from './seg-input.ts';
import { decimal } from './text-values.ts';

/** Plane of one frame as it is written: decimal strings. */
export interface WrittenPlane {
  readonly orientation: readonly string[];
  readonly position: readonly string[];
  readonly measures: { readonly PixelSpacing: readonly string[]; readonly SliceThickness: string };
}
export interface SourceGeometry {
  /** The patient's; made up so that viewers can lay mask and image on each other; or `none` is written. */
  readonly kind: 'real' | 'made-up' | 'none';
  readonly planes: readonly WrittenPlane[];
  /** Between the planes of a volume, where it is even. */
  readonly spacingBetweenSlices?: string;
}

/** Planes of the source's frames; where it has none (CR, DX, US, ES, photographs) pseudo-geometry, or nothing. */
export function sourceGeometry(source: SourceImage, without: SegGeometry): SourceGeometry {
  const placed = source.frames.flatMap((frame) => frame.geometry ?? []);
  if (placed.length < source.frames.length || placed.length === 0) {
    return without === 'strict' ? { kind: 'none', planes: [] } : pseudoGeometry(source);
  }
  const spacing = evenSpacing(source);
  const first = placed[0];
  // OHIF reads the shared measures only, and dciodvfy and highdicom want a thickness. Where it changes within the series
  // (head CT), the thinnest is written, which claims no more than any slice shows.
  const thickness = placed.reduce(
    (least, { sliceThickness = spacing ?? 1 }) => Math.min(least, sliceThickness),
    Infinity,
  );
  return {
    kind: 'real',
    planes: placed.map((geometry) => ({
      // Slices of a volume are parallel but for rounding: one orientation for all is what readers ask for.
      orientation: ((source.volume && first) || geometry).imageOrientationPatient.map(decimal),
      position: geometry.imagePositionPatient.map(decimal),
      measures: {
        PixelSpacing: geometry.pixelSpacing.map(decimal),
        SliceThickness: decimal(thickness),
      },
    })),
    ...(spacing === undefined ? {} : { spacingBetweenSlices: decimal(spacing) }),
  };
}

/**
 * Viewers (OHIF, dcmqi) open a SEG only with plane macros, which projections and photographs do not have. Frame k lies at
 * 0\0\k−1, so that frames are not taken for one slice; spacing is the calibrated one, else 1\1 (no millimetres are meant).
 */
function pseudoGeometry(source: SourceImage): SourceGeometry {
  return {
    kind: 'made-up',
    planes: source.frames.map((frame, index) => ({
      orientation: ['1', '0', '0', '0', '1', '0'],
      position: ['0', '0', decimal(index)],
      measures: {
        PixelSpacing: (calibratedSpacing(frame.instance.dataset) ?? [1, 1]).map(decimal),
        SliceThickness: '1',
      },
    })),
  };
}

/** Distance of neighbouring planes along the normal, if all are within a hundredth of it; undefined else. */
function evenSpacing({ volume, frames }: SourceImage): number | undefined {
  if (!volume || frames.length < 2) return undefined;
  const places = frames.map(placeAlongNormal);
  const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const even = Math.abs(mean) > 1e-3 && steps.every((step) => Math.abs(step - mean) < 0.01 * Math.abs(mean));
  return even ? Number(Math.abs(mean).toFixed(4)) : undefined;
}
function placeAlongNormal({ geometry }: SourceFrame): number {
  if (!geometry) return 0;
  const [a, b, c, d, e, f] = geometry.imageOrientationPatient;
  const [x, y, z] = geometry.imagePositionPatient;
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}
