import type { CodedConcept, KeywordValues } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import {
  type FrameMeasurements,
  type IntensityStatistics,
  largestFrame,
  longestFrame,
  type MaskMeasurements,
  type Quantity,
} from '@maskwright/measure';
import { imageReference } from './image-references.ts';
import { CODES, intensityConcept } from './sr-codes.ts';
import { codedItem, imageItem, numberItem } from './sr-items.ts';

/** Numeric items of one frame (TID 1419, 300). */
export function frameNumbers(frame: FrameMeasurements, modality: string): KeywordValues[] {
  return [
    ...number(CODES.area, frame.area),
    ...number(CODES.longAxis, frame.longAxis),
    ...number(CODES.shortAxis, frame.shortAxis),
    ...number(CODES.perimeter, frame.perimeter),
    ...number(CODES.circularity, frame.circularity),
    ...intensities(frame.intensity, modality),
  ];
}

/**
 * Numeric items of a volume: what is of one slice names it. Area, border and circularity are those of the slice with the
 * largest area, the axes those of the slice with the longest axis.
 */
export function volumeNumbers(measured: MaskMeasurements, source: SourceImage, modality: string): KeywordValues[] {
  const { volume, intensity } = measured;
  const [largest, longest] = [largestFrame(measured), longestFrame(measured)];
  const on = (frame: FrameMeasurements | undefined): KeywordValues[] => {
    const place = frame && source.frames[frame.frame];
    return place ? [imageItem('INFERRED FROM', CODES.sourceOfMeasurement, imageReference(place))] : [];
  };
  return [
    ...number(CODES.volume, volume, [codedItem('HAS CONCEPT MOD', CODES.method, CODES.sumOfVoxels)]),
    ...number(CODES.area, largest?.area, [
      codedItem('HAS CONCEPT MOD', CODES.derivation, CODES.maximum),
      ...on(largest),
    ]),
    ...number(CODES.longAxis, longest?.longAxis, on(longest)),
    ...number(CODES.shortAxis, longest?.shortAxis, on(longest)),
    ...number(CODES.perimeter, largest?.perimeter, on(largest)),
    ...number(CODES.circularity, largest?.circularity, on(largest)),
    ...intensities(intensity, modality),
  ];
}

function intensities(statistics: IntensityStatistics | undefined, modality: string): KeywordValues[] {
  if (!statistics) return [];
  const concept = intensityConcept(modality);
  const { unit } = statistics;
  return [
    [CODES.mean, statistics.mean] as const,
    [CODES.standardDeviation, statistics.standardDeviation] as const,
    [CODES.minimum, statistics.minimum] as const,
    [CODES.maximum, statistics.maximum] as const,
  ].flatMap(([derivation, value]) =>
    number(concept, { value, unit }, [codedItem('HAS CONCEPT MOD', CODES.derivation, derivation)]),
  );
}

/** More digits than seven say nothing of a mask. */
const DIGITS = 7;
function number(
  name: CodedConcept,
  quantity: Quantity | undefined,
  children: readonly KeywordValues[] = [],
): KeywordValues[] {
  if (!quantity) return [];
  const value = Number(quantity.value.toPrecision(DIGITS));
  return [numberItem('CONTAINS', name, value, quantity.unit, children)];
}
