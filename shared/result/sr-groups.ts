import { type CodedConcept, type KeywordValues, text } from '@maskwright/dicom';
import type { SourceFrame } from '@maskwright/image';
import { imageReference } from './image-references.ts';
import { LABEL_MAP_STORAGE } from './seg-pixels.ts';
import { CODES, LATERALITIES } from './sr-codes.ts';
import type { SrInput } from './sr-input.ts';
import { codedItem, containerItem, imageItem, textItem, uidItem } from './sr-items.ts';
import { frameNumbers, volumeNumbers } from './sr-measurements.ts';
import { segFrameFinder } from './sr-references.ts';

/**
 * Measurement groups: one a segment of a volume (TID 1411), one a frame and segment of everything else (TID 1410), and one
 * for each segment that nothing was found of (TID 1501), which says so.
 */
export function measurementGroups(input: SrInput): KeywordValues[] {
  const { source, segments, measurements } = input;
  const modality = text(source.dataset, 'Modality') ?? '';
  const segFrame = input.seg && segFrameFinder(input.seg);
  return segments.flatMap((segment, index) => {
    const measured = measurements[index];
    if (!measured) throw new TypeError(`no measurements of ${segment.target.name}`);
    const group = (template: string, region: readonly KeywordValues[], numbers: readonly KeywordValues[]) =>
      containerItem('CONTAINS', CODES.group, template, [
        ...identity(input, index),
        ...region,
        ...site(segment.target),
        ...algorithm(input, segment),
        ...numbers,
      ]);
    if (measured.frames.length === 0) {
      return [group('1501', [], [codedItem('CONTAINS', CODES.presence, CODES.absent)])];
    }
    if (measured.volume) {
      return [group('1411', wholeSegment(input, index + 1), volumeNumbers(measured, source, modality))];
    }
    return measured.frames.flatMap((frame) => {
      const place = source.frames[frame.frame];
      if (!place) return [];
      return [
        group(
          '1410',
          segmentFrame(input, index + 1, place, segFrame?.(index + 1, place)),
          frameNumbers(frame, modality),
        ),
      ];
    });
  });
}

function identity({ segments, trackingUIDs }: SrInput, index: number): KeywordValues[] {
  const [segment, uid] = [segments[index], trackingUIDs[index]];
  if (!segment || uid === undefined) throw new TypeError(`no tracking UID for segment ${index + 1}`);
  const { name, category, type } = segment.target;
  return [
    // As the SEG's TrackingID and TrackingUID say it.
    textItem('HAS OBS CONTEXT', CODES.trackingIdentifier, `${name} ${index + 1}`),
    uidItem('HAS OBS CONTEXT', CODES.trackingUid, uid),
    codedItem('CONTAINS', CODES.findingCategory, category),
    codedItem('CONTAINS', CODES.finding, type),
  ];
}

function wholeSegment({ seg, source }: SrInput, segmentNumber: number): KeywordValues[] {
  const { sopClassUID, sopInstanceUID } = requireSeg(seg);
  const series = source.frames[0]?.instance.seriesInstanceUID ?? '';
  return [
    imageItem('CONTAINS', CODES.referencedSegment, { sopClassUID, sopInstanceUID, segmentNumber }),
    uidItem('CONTAINS', CODES.sourceSeries, series),
  ];
}

function segmentFrame(
  { seg }: SrInput,
  segmentNumber: number,
  place: SourceFrame,
  frameNumber: number | undefined,
): KeywordValues[] {
  const { sopClassUID, sopInstanceUID } = requireSeg(seg);
  if (frameNumber === undefined) throw new TypeError(`the SEG has no frame of segment ${segmentNumber}`);
  // A frame says which segment it shows, but for a label map's, which shows all; to name both is an error (PS3.3 table 10-3).
  const one = sopClassUID === LABEL_MAP_STORAGE ? { segmentNumber } : { frameNumber };
  const reference = { sopClassUID, sopInstanceUID, ...one };
  return [
    imageItem('CONTAINS', CODES.referencedSegmentationFrame, reference),
    imageItem('CONTAINS', CODES.sourceImage, imageReference(place)),
  ];
}

function requireSeg(seg: SrInput['seg']): NonNullable<SrInput['seg']> {
  if (!seg) throw new TypeError('measurements of a mask need the SEG that holds it');
  return seg;
}

/** Where it was found: the target's region, or the target itself where it is a structure of the body. */
function site({
  anatomicRegion,
  anatomicRegionModifier,
  category,
  type,
  typeModifier,
}: SrInput['segments'][number]['target']) {
  const region = anatomicRegion ?? (category.value === ANATOMICAL_STRUCTURE ? type : undefined);
  if (!region) return [];
  const modifier = anatomicRegionModifier ?? (typeModifier && isLaterality(typeModifier) ? typeModifier : undefined);
  const name = modifier && isLaterality(modifier) ? CODES.laterality : CODES.topographicalModifier;
  const modifiers = modifier ? [codedItem('HAS CONCEPT MOD', name, modifier)] : [];
  return [codedItem('HAS CONCEPT MOD', CODES.findingSite, region, modifiers)];
}
const ANATOMICAL_STRUCTURE = '91723000';
function isLaterality({ scheme, value }: CodedConcept): boolean {
  return scheme === 'SCT' && LATERALITIES.has(value);
}

/** TID 4019. */
function algorithm({ algorithm: { name, version } }: SrInput, { prompt, promptType }: SrInput['segments'][number]) {
  return [
    textItem('HAS CONCEPT MOD', CODES.algorithmName, name),
    textItem('HAS CONCEPT MOD', CODES.algorithmVersion, version),
    textItem('HAS CONCEPT MOD', CODES.algorithmParameters, JSON.stringify({ prompt, promptType })),
  ];
}
