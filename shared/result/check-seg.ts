import { type DataSet, has, type Instance, items, number, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { framesOfReference, type SourceImage } from '@maskwright/image';
import { checkFrames } from './check-frames.ts';
import { faultsReadBack } from './read-back.ts';
import type { SegInput } from './seg-input.ts';
import { LABEL_MAP_STORAGE, SEGMENTATION_STORAGE } from './seg-pixels.ts';
import { type SourceGeometry, sourceGeometry } from './source-geometry.ts';

/** What is wrong with an object, in words: which rule, and who trips over it. */
export type Fault = string;

/**
 * Reads a SEG back and holds it against its source, its masks and the rules of those who will open it
 * (PS3.3 A.51 and C.8.20, and what OHIF and 3D Slicer were seen to need): everything that the standard or a viewer would only say at the reader's desk.
 * @param file as it would be stored
 * @param input what it was made from
 * @returns nothing where it is right
 */
export function checkSeg(file: Uint8Array, input: SegInput): readonly Fault[] {
  return faultsReadBack(file, (instance) => faultsOf(instance, input));
}

/** As {@link checkSeg}, of what was parsed. */
export function faultsOf(instance: Instance, input: SegInput): Fault[] {
  try {
    const geometry = sourceGeometry(input.source, input.style?.geometry ?? 'viewer');
    return [
      ...checkObject(instance, input.source),
      ...checkSpace(instance.dataset, input.source, geometry),
      ...checkSegments(instance.dataset, input),
      ...checkReferences(instance.dataset, input.source),
      ...checkFrames(instance, input, geometry),
    ];
  } catch (error) {
    if (error instanceof MaskwrightError) return [`its pixels cannot be read back: ${error.message}`];
    throw error;
  }
}

function* checkObject({ dataset, sopClassUID, ...instance }: Instance, source: SourceImage): Generator<Fault> {
  const [first] = source.frames;
  if (sopClassUID !== SEGMENTATION_STORAGE && sopClassUID !== LABEL_MAP_STORAGE)
    yield `SOPClassUID ${sopClassUID} is no segmentation`;
  if (text(dataset, 'Modality') !== 'SEG') yield 'Modality is not SEG';
  if (instance.studyInstanceUID !== first?.instance.studyInstanceUID)
    yield 'StudyInstanceUID is not that of the source';
  if (instance.seriesInstanceUID === first?.instance.seriesInstanceUID)
    yield 'SeriesInstanceUID is that of the source: viewers would take the masks for its images';
  if (number(dataset, 'Rows') !== source.rows || number(dataset, 'Columns') !== source.columns)
    yield 'Rows and Columns are not those of the source: OHIF refuses';
  if (text(dataset, 'Laterality') === undefined && has(dataset, 'Laterality'))
    yield 'Laterality is empty: dciodvfy refuses';
  if (!text(dataset, 'ContentLabel')?.match(/^[A-Z0-9_ ]{1,16}$/)) yield 'ContentLabel is no code string';
}

function* checkSpace(
  dataset: DataSet,
  { frames }: SourceImage,
  { kind, frameOfReferenceUID: own }: SourceGeometry,
): Generator<Fault> {
  const written = text(dataset, 'FrameOfReferenceUID');
  if (own !== undefined && written !== own) yield 'FrameOfReferenceUID is not that of the source: viewers refuse';
  if (kind === 'none') return;
  if (written === undefined) yield 'no FrameOfReferenceUID: OHIF and 3D Slicer cannot place the masks';
  else if (kind === 'made-up' && framesOfReference(frames).has(written))
    yield "planes that are made up lie in the patient's frame of reference";
}

function* checkSegments(dataset: DataSet, { segments }: SegInput): Generator<Fault> {
  const described = items(dataset, 'SegmentSequence').filter((item) => number(item, 'SegmentNumber') !== 0);
  const found = described.map((item) => number(item, 'SegmentNumber'));
  if (found.length !== segments.length || found.some((one, at) => one !== at + 1))
    yield `SegmentNumber is ${found.join(', ')}, not 1 to ${segments.length}: viewers index by place`;
  const labels = text(dataset, 'SegmentationType') === 'LABELMAP';
  if (labels && !items(dataset, 'SegmentSequence').some((item) => number(item, 'SegmentNumber') === 0))
    yield 'the background of the label map is not described';
  for (const item of described) {
    for (const keyword of NEEDED_OF_A_SEGMENT)
      if (!has(item, keyword)) yield `segment ${number(item, 'SegmentNumber')} has no ${keyword}`;
  }
}
const NEEDED_OF_A_SEGMENT = [
  'SegmentLabel',
  'SegmentAlgorithmType',
  'SegmentAlgorithmName',
  'SegmentedPropertyCategoryCodeSequence',
  'SegmentedPropertyTypeCodeSequence',
  'RecommendedDisplayCIELabValue',
  'TrackingID',
  'TrackingUID',
];

function* checkReferences(dataset: DataSet, { frames }: SourceImage): Generator<Fault> {
  const series = items(dataset, 'ReferencedSeriesSequence');
  if (series.length !== 1) yield `${series.length} referenced series: OHIF wants the one that it lies on`;
  const listed = new Set(
    series.flatMap((one) =>
      items(one, 'ReferencedInstanceSequence').map((item) => text(item, 'ReferencedSOPInstanceUID')),
    ),
  );
  const missing = new Set(frames.map(({ instance }) => instance.sopInstanceUID).filter((uid) => !listed.has(uid)));
  if (missing.size > 0) yield `${missing.size} images of the source are not referenced`;
}
