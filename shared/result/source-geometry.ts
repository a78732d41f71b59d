import { framesOfReference, type PlaneGeometry, placesAlongNormal, type SourceImage } from '@maskwright/image';
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
  /** The source's own, where all images have it and nothing that is written in it is made up. */
  readonly frameOfReferenceUID?: string;
}

/**
 * Planes of the source's frames. Where any has none (CR, DX, US, ES, photographs, slices whose PixelSpacing is missing) or they
 * lie in several frames of reference, pseudo-geometry, or nothing.
 */
export function sourceGeometry(source: SourceImage, without: SegGeometry): SourceGeometry {
  const placed = source.frames.flatMap((frame) => frame.geometry ?? []);
  const [own, ...others] = framesOfReference(source.frames);
  const space = own !== undefined && others.length === 0 ? { frameOfReferenceUID: own } : {};
  if (placed.length < source.frames.length || others.length > 0) {
    return without === 'strict' ? { kind: 'none', planes: [], ...space } : pseudoGeometry(source);
  }
  const spacing = evenSpacing(source, placed);
  const [first] = placed;
  // Parallel but for rounding: one orientation for all is what readers ask for.
  const shared = first && placed.every((geometry) => isTurnedAs(geometry, first)) ? first : undefined;
  // OHIF reads the shared measures only, and dciodvfy and highdicom want a thickness. Where it changes within the series
  // (head CT), the thinnest is written, which claims no more than any slice shows.
  const thickness = placed.reduce(
    (least, { sliceThickness = spacing ?? 1 }) => Math.min(least, sliceThickness),
    Infinity,
  );
  return {
    kind: 'real',
    planes: placed.map((geometry) => ({
      orientation: (shared ?? geometry).imageOrientationPatient.map(decimal),
      position: geometry.imagePositionPatient.map(decimal),
      measures: {
        PixelSpacing: geometry.pixelSpacing.map(decimal),
        SliceThickness: decimal(thickness),
      },
    })),
    ...(spacing === undefined ? {} : { spacingBetweenSlices: decimal(spacing) }),
    ...space,
  };
}

/** Direction cosines differ by no more than rounding: a tenth of a millimetre a metre away. */
function isTurnedAs(a: PlaneGeometry, b: PlaneGeometry): boolean {
  return a.imageOrientationPatient.every(
    (value, axis) => Math.abs(value - (b.imageOrientationPatient[axis] ?? Number.NaN)) < 1e-4,
  );
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
function evenSpacing({ volume }: SourceImage, planes: readonly PlaneGeometry[]): number | undefined {
  if (!volume || planes.length < 2) return undefined;
  const places = placesAlongNormal(planes).sort((a, b) => a - b);
  const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const even = mean > 1e-3 && steps.every((step) => Math.abs(step - mean) < 0.01 * mean);
  return even ? Number(mean.toFixed(4)) : undefined;
}
