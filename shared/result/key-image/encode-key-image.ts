import {
  copyElements,
  type DataSet,
  type KeywordValues,
  OWN_CAPTURE_DEVICE,
  text,
  texts,
  writePart10,
} from '@maskwright/dicom';
import { framePixels, patientOrientation, renderFrame, type SourceFrame } from '@maskwright/image';
import { equipment } from '../equipment.ts';
import { imageReferences } from '../image-references.ts';
import { lossyCompression, patientAndStudy } from '../inherited.ts';
import { lateralityOf } from '../laterality.ts';
import type { PictureInput } from '../picture-input.ts';
import { pictureSeries } from '../picture-series.ts';
import { versionNote } from '../result-version.ts';
import { pixelShape, writtenShape } from '../source-pixels.ts';
import { codeItem, fit, moment } from '../text-values.ts';
import { burnIn } from './burn-in.ts';

/** The class that every PACS shows; there is one frame, so that none of the multi-frame ones is needed. */
export const SECONDARY_CAPTURE_STORAGE = '1.2.840.10008.5.1.4.1.1.7';
const RESEARCH = 'For research use only. Not for diagnosis.';

export interface KeyImage {
  /** Part 10. */
  readonly file: Uint8Array;
  /** The frame as it was before anything was laid on it: rows × columns × 3. */
  readonly rendered: Uint8Array;
}

/**
 * A Secondary Capture (PS3.3 A.8.1) of one frame of the source as it is shown, the segments laid on in their colours. No
 * text is burnt in. The same input gives the same bytes.
 * @param index of the frame, as `keyFrame` chooses it
 * @throws MaskwrightError PIXELS_*
 */
export async function encodeKeyImage(input: PictureInput, index: number): Promise<KeyImage> {
  const { source, segments, uids } = input;
  const frame = source.frames[index];
  if (!frame) throw new TypeError(`the source has no frame ${index + 1}`);
  const { instance } = frame;
  const image = await renderFrame(frame);
  const layers = segments.map((segment) => ({ pixels: framePixels(segment.mask, index), color: segment.target.color }));
  const file = writePart10({
    SOPClassUID: SECONDARY_CAPTURE_STORAGE,
    SOPInstanceUID: uids.sopInstanceUID,
    ...patientAndStudy(instance.dataset),
    ...pictureSeries(input, { modality: 'OT', name: 'key image', numbers: 7000 }),
    ...sides(frame),
    ...equipment(input),
    ...capture(input),
    ...lossyCompression([instance]),
    ...content(input, index),
    ...references(input, frame),
    ...annotation(frame),
    ...writtenShape(pixelShape(frame, source), instance.dataset),
    ...copyElements(instance.dataset, ['ICCProfile', 'ColorSpace']),
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: source.rows,
    Columns: source.columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: burnIn(image, layers),
  });
  return { file, rendered: image.data };
}

/** Which side is which: a picture without its plane must say so itself. */
function sides({ geometry, instance: { dataset } }: SourceFrame): KeywordValues {
  return {
    PatientOrientation: geometry ? patientOrientation(geometry) : [],
    ...(geometry ? {} : copyElements(dataset, ['PatientOrientation'])),
    ...(text(dataset, 'ImageLaterality') ? copyElements(dataset, ['ImageLaterality']) : lateralityOf(dataset)),
  };
}

/** SC Equipment (PS3.3 C.8.6.1) and SC Image (C.8.6.2): a workstation drew it. Nominal spacing is of scanned films only. */
function capture({ algorithm, source, at }: PictureInput): KeywordValues {
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  return {
    ConversionType: 'WSD',
    SecondaryCaptureDeviceManufacturer: OWN_CAPTURE_DEVICE,
    SecondaryCaptureDeviceManufacturerModelName: fit(algorithm.name, 'LO'),
    SecondaryCaptureDeviceSoftwareVersions: fit(algorithm.version, 'LO'),
    DateOfSecondaryCapture: date,
    TimeOfSecondaryCapture: time,
    ContentDate: date,
    ContentTime: time,
  };
}

function content(input: PictureInput, index: number): KeywordValues {
  const { source, segments, assessment } = input;
  const labels = segments.map(({ target }) => target.label).join(', ');
  const which =
    source.frames.length > 1 ? `Frame ${index + 1} of ${source.frames.length}, the one with the largest mask. ` : '';
  return {
    ImageType: ['DERIVED', 'SECONDARY'],
    DerivationDescription: fit(
      `${RESEARCH} ${which}Outlines and fill burnt in: ${labels}.${versionNote(input.version)}`,
      'ST',
    ),
    ImageComments: fit(`${RESEARCH} ${labels}. ${assessment}`, 'LT'),
  };
}

function references({ seg }: PictureInput, frame: SourceFrame): KeywordValues {
  const purpose = codeItem({
    value: '121322',
    scheme: 'DCM',
    meaning: 'Source image for image processing operation',
  });
  return {
    SourceImageSequence: imageReferences([frame]).map((reference) => ({
      ...reference,
      SpatialLocationsPreserved: 'YES',
      PurposeOfReferenceCodeSequence: [purpose],
    })),
    ...(seg
      ? {
          ReferencedImageSequence: [
            { ReferencedSOPClassUID: seg.sopClassUID, ReferencedSOPInstanceUID: seg.sopInstanceUID },
          ],
        }
      : {}),
  };
}

/** Reconstructed from measurements: nobody has written into them. */
const RECONSTRUCTED = new Set(['CT', 'MR', 'PT', 'NM']);

/**
 * PS3.3 C.7.6.1: whether text burnt in tells who the patient is. We burn in none, so that it is as the source says. One
 * that says nothing may have some (ultrasound, endoscopy, radiographs with a name exposed), unless its pixels are measured.
 */
function annotation({ instance: { dataset } }: SourceFrame): KeywordValues {
  const stated = text(dataset, 'BurnedInAnnotation') ?? (isReconstructed(dataset) ? 'NO' : undefined);
  const face = text(dataset, 'RecognizableVisualFeatures');
  return {
    ...(stated === 'YES' || stated === 'NO' ? { BurnedInAnnotation: stated } : {}),
    ...(face === 'YES' || face === 'NO' ? { RecognizableVisualFeatures: face } : {}),
  };
}
function isReconstructed(dataset: DataSet): boolean {
  return (
    RECONSTRUCTED.has(text(dataset, 'Modality') ?? '') && !texts(dataset, 'ImageType').slice(0, 2).includes('SECONDARY')
  );
}
