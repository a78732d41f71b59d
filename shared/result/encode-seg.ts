import { copyElements, type Instance, type KeywordValues, text, uidFromDigest, writePart10 } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { equipment } from './equipment.ts';
import { functionalGroups } from './functional-groups.ts';
import { distinctInstances } from './image-references.ts';
import { lossyCompression, patientAndStudy } from './inherited.ts';
import { versionNote } from './result-version.ts';
import type { SegInput } from './seg-input.ts';
import { segPixels } from './seg-pixels.ts';
import { segmentItems } from './segment-items.ts';
import { seriesIdentity } from './series-identity.ts';
import { type SourceGeometry, sourceGeometry } from './source-geometry.ts';
import { fit } from './text-values.ts';

const RESEARCH = 'For research use only';

/**
 * A Segmentation or Label Map Segmentation object (PS3.3 A.51) as a Part 10 file. Frames that show nothing are left out;
 * the others stand segment by segment, in the order of the source. The same input gives the same bytes.
 * @throws TypeError when a mask does not have the source's frames, rows and columns, or there is no segment
 */
export function encodeSeg(input: SegInput): Uint8Array {
  requireFittingMasks(input);
  const { source, uids, style = {} } = input;
  const { frames, form, sopClassUID, values, pixelData } = segPixels(input);
  const instances = distinctInstances(source);
  const geometry = sourceGeometry(source, style.geometry ?? 'viewer');
  const groups = functionalGroups(frames, source, geometry, uidFromDigest(uids.sopInstanceUID, 'dimensions'));
  const others = {
    SOPClassUID: sopClassUID,
    SOPInstanceUID: uids.sopInstanceUID,
    ...patientAndStudy(source.dataset),
    ...seriesIdentity(input),
    ...equipment(input),
    ...frameOfReference(input, geometry),
    ...lossyCompression(instances),
    ...content(input),
    SegmentSequence: segmentItems(input, form),
    ...groups.values,
    ReferencedSeriesSequence: [referencedSeries(instances)],
    Rows: source.rows,
    Columns: source.columns,
    NumberOfFrames: frames.length,
    ...values,
  };
  return writePart10(others, { perFrameGroups: groups.perFrame, pixelData });
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

/** PS3.3 C.7.4.1: the source's own, else one that is made up as the planes are, or none. */
function frameOfReference(
  { source, uids }: SegInput,
  { kind, frameOfReferenceUID: own }: SourceGeometry,
): KeywordValues {
  const uid = own ?? (kind === 'none' ? undefined : uids.frameOfReferenceUID);
  const indicator = own && text(source.dataset, 'PositionReferenceIndicator');
  return {
    ...(uid ? { FrameOfReferenceUID: uid, PositionReferenceIndicator: indicator ?? '' } : {}),
    ...(kind === 'real' ? {} : patientOrientation(source)),
  };
}
/** PS3.3 C.7.6.1: how rows and columns of a projection lie in the patient, which made-up planes do not tell. May be empty. */
function patientOrientation({ dataset }: SourceImage): KeywordValues {
  return { PatientOrientation: [], ...copyElements(dataset, ['PatientOrientation']) };
}

/** What a person reads in any viewer: standard text attributes only. */
function content({ segments, assessment, style, version }: SegInput): KeywordValues {
  const prompts = segments.map(({ target, prompt, promptType }) => `${target.label} (${promptType}): "${prompt}"`);
  return {
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: style?.contentLabel ?? 'MASKWRIGHT',
    ContentDescription: fit(`${RESEARCH}: ${segments.map(({ target }) => target.label).join(', ')}`, 'LO'),
    ContentCreatorName: 'Maskwright^Software',
    DerivationDescription: fit(`${assessment} ${RESEARCH}.${versionNote(version)}`, 'ST'),
    ImageComments: fit(`${RESEARCH}. ${assessment}\n${prompts.join('\n')}`, 'LT'),
  };
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
