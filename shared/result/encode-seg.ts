import {
  copyElements,
  type Instance,
  type KeywordValues,
  number,
  text,
  uidFromDigest,
  writePart10,
} from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { equipment } from './equipment.ts';
import { functionalGroups, type SegFrame } from './functional-groups.ts';
import { lossyCompression, patientAndStudy } from './inherited.ts';
import { packBits } from './pack-bits.ts';
import type { SegInput } from './seg-input.ts';
import { segmentItems } from './segment-items.ts';
import { sourceGeometry } from './source-geometry.ts';
import { fit, moment } from './text-values.ts';

export const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
const RESEARCH = 'For research use only';

/**
 * A Segmentation object (PS3.3 A.51, SegmentationType BINARY) as a Part 10 file. Frames that show nothing are left out;
 * the others stand segment by segment, in the order of the source. The same input gives the same bytes.
 * @throws TypeError when a mask does not have the source's frames, rows and columns, or there is no segment
 */
export function encodeSeg(input: SegInput): Uint8Array {
  requireFittingMasks(input);
  const { source, uids } = input;
  const frames = shownFrames(input);
  const instances = distinctInstances(source);
  const geometry = sourceGeometry(source);
  return writePart10({
    SOPClassUID: SEGMENTATION_STORAGE,
    SOPInstanceUID: uids.sopInstanceUID,
    ...patientAndStudy(source.dataset),
    ...identity(input),
    ...equipment(input),
    FrameOfReferenceUID: text(source.dataset, 'FrameOfReferenceUID') ?? uids.frameOfReferenceUID,
    PositionReferenceIndicator: text(source.dataset, 'PositionReferenceIndicator') ?? '',
    ...(geometry.real ? {} : patientOrientation(source)),
    ...lossyCompression(instances),
    ...content(input),
    SegmentSequence: segmentItems(input),
    SegmentsOverlap: overlap(input) ? 'YES' : 'NO',
    ...functionalGroups(frames, source, geometry, uidFromDigest(uids.sopInstanceUID, 'dimensions')),
    ReferencedSeriesSequence: [referencedSeries(instances)],
    ...pixels(input, frames),
  });
}

function requireFittingMasks({ source, segments }: SegInput): void {
  if (segments.length === 0) throw new TypeError('a SEG needs a segment');
  const { rows, columns, frames } = source;
  for (const { mask, target } of segments) {
    const fits = mask.rows === rows && mask.columns === columns && mask.frames === frames.length;
    if (!fits || mask.data.length !== rows * columns * frames.length) {
      throw new TypeError(
        `the mask of ${target.name} is ${mask.frames} × ${mask.rows} × ${mask.columns}, its source ${frames.length} × ${rows} × ${columns}`,
      );
    }
  }
}

/**
 * Where every mask is empty, one empty frame stays: an object without frames breaks the standard (NumberOfFrames and
 * PerFrameFunctionalGroupsSequence), dciodvfy and highdicom.
 */
function shownFrames({ segments }: SegInput): SegFrame[] {
  const shown = segments.flatMap(({ mask }, index) =>
    Array.from({ length: mask.frames }, (_, sourceIndex) => ({ segmentNumber: index + 1, sourceIndex })).filter(
      ({ sourceIndex }) => framePixels(mask, sourceIndex).some((pixel) => pixel !== 0),
    ),
  );
  return shown.length > 0 ? shown : [{ segmentNumber: 1, sourceIndex: 0 }];
}
function framePixels({ rows, columns, data }: SegInput['segments'][number]['mask'], index: number): Uint8Array {
  return data.subarray(index * rows * columns, (index + 1) * rows * columns);
}

function distinctInstances({ frames }: SourceImage): Instance[] {
  return [...new Map(frames.map(({ instance }) => [instance.sopInstanceUID, instance])).values()];
}

function identity({ source, uids, at, seriesNumber, seriesDescription }: SegInput): KeywordValues {
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  const [first] = source.frames;
  // Far from the numbers that modalities give, and near to that of the source.
  const derived = 9000 + (Math.abs(Math.trunc(number(source.dataset, 'SeriesNumber') ?? 0)) % 1000);
  return {
    ...(first ? { StudyInstanceUID: first.instance.studyInstanceUID } : {}),
    SeriesInstanceUID: uids.seriesInstanceUID,
    Modality: 'SEG',
    SeriesNumber: seriesNumber ?? derived,
    SeriesDescription: fit(seriesDescription, 'LO'),
    InstanceNumber: 1,
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
  };
}

/** PS3.3 C.7.6.1: how rows and columns of a projection lie in the patient, which made-up planes do not tell. May be empty. */
function patientOrientation({ dataset }: SourceImage): KeywordValues {
  return { PatientOrientation: [], ...copyElements(dataset, ['PatientOrientation']) };
}

/** What a person reads in any viewer: standard text attributes only. */
function content({ segments, assessment }: SegInput): KeywordValues {
  const prompts = segments.map(({ target, prompt, promptType }) => `${target.label} (${promptType}): "${prompt}"`);
  return {
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'MASKWRIGHT',
    ContentDescription: fit(`${RESEARCH}: ${segments.map(({ target }) => target.label).join(', ')}`, 'LO'),
    ContentCreatorName: 'Maskwright^Software',
    DerivationDescription: fit(`${assessment} ${RESEARCH}.`, 'ST'),
    ImageComments: fit(`${RESEARCH}. ${assessment}\n${prompts.join('\n')}`, 'LT'),
    SegmentationType: 'BINARY',
  };
}

/** Whether any pixel is in two segments. */
function overlap({ segments }: SegInput): boolean {
  const [first, ...others] = segments.map(({ mask }) => mask.data);
  if (!first || others.length === 0) return false;
  const taken = Uint8Array.from(first);
  return others.some((data) => {
    for (let at = 0; at < data.length; at += 1) {
      if (!data[at]) continue;
      if (taken[at]) return true;
      taken[at] = 1;
    }
    return false;
  });
}

/** All images of the source, also those without a frame here: viewers load them together. */
function referencedSeries(instances: readonly Instance[]): KeywordValues {
  return {
    SeriesInstanceUID: instances[0]?.seriesInstanceUID ?? '',
    ReferencedInstanceSequence: instances.map(({ sopClassUID, sopInstanceUID }) => ({
      ReferencedSOPClassUID: sopClassUID,
      ReferencedSOPInstanceUID: sopInstanceUID,
    })),
  };
}

function pixels({ source, segments }: SegInput, frames: readonly SegFrame[]): KeywordValues {
  return {
    Rows: source.rows,
    Columns: source.columns,
    NumberOfFrames: frames.length,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    PixelData: packBits(
      frames.flatMap(({ segmentNumber, sourceIndex }) => {
        const segment = segments[segmentNumber - 1];
        return segment ? [framePixels(segment.mask, sourceIndex)] : [];
      }),
    ),
  };
}
