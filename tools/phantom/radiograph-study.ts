import { type KeywordValues, writePart10 } from '@maskwright/dicom';
import { code, commonHeader, decimal, greyPixels, type Identity, REGIONS } from './headers.ts';
import { type Radiograph, radiographOf, WHITE } from './radiograph.ts';
import { numbered, type PhantomStudy } from './study.ts';

export interface RadiographStudyOptions {
  readonly seed: number;
  readonly view: 'PA' | 'AP';
  readonly modality: 'CR' | 'DX';
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2';
  readonly size?: number;
}

/** One chest radiograph as Computed Radiography (PS3.3 A.2) or Digital X-Ray for presentation (A.26). */
export function radiographStudy(options: RadiographStudyOptions): PhantomStudy {
  const { seed, view, modality, photometric, size = 384 } = options;
  const image = radiographOf({ seed, view, size });
  const { rows, columns, habitus } = image;
  const variant = `Chest ${view} ${modality} ${photometric} ${size}`;
  const identity: Identity = { region: 'CHEST', seed, variant, patient: habitus };
  const bright = photometric === 'MONOCHROME2';
  const stored = bright ? image.pixels : image.pixels.map((pixel) => WHITE - pixel);
  const bytes = writePart10({
    ...commonHeader(identity, modality, 1),
    ...(modality === 'CR' ? crHeader(image) : dxHeader(image, bright)),
    ...greyPixels(stored, rows, columns, { photometric, bitsStored: 12 }),
    WindowCenter: '2048',
    WindowWidth: '4096',
  });
  const name = `chest-${view.toLowerCase()}-${modality.toLowerCase()}-${numbered(seed)}`;
  return { name, files: [{ name: `${name}.dcm`, bytes }], shape: { slices: 1, rows, columns }, masks: image.masks };
}

function exposure({ view, spacing, sourceToDetector, sourceToPatient }: Radiograph): KeywordValues {
  return {
    BodyPartExamined: 'CHEST',
    ViewPosition: view,
    PatientOrientation: ['L', 'F'],
    KVP: view === 'PA' ? '120' : '90',
    DistanceSourceToDetector: decimal(sourceToDetector),
    DistanceSourceToPatient: decimal(sourceToPatient),
    ImagerPixelSpacing: [decimal(spacing), decimal(spacing)],
  };
}

function crHeader(image: Radiograph): KeywordValues {
  return {
    ...exposure(image),
    ImageType: ['ORIGINAL', 'PRIMARY'],
    AnatomicRegionSequence: [REGIONS.chest],
  };
}

function dxHeader(image: Radiograph, bright: boolean): KeywordValues {
  return {
    ...exposure(image),
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    PresentationIntentType: 'FOR PRESENTATION',
    ImageLaterality: 'U',
    AnatomicRegionSequence: [REGIONS.chest],
    ViewCodeSequence: [
      {
        ...(image.view === 'PA'
          ? code('272479007', 'SCT', 'postero-anterior')
          : code('399348003', 'SCT', 'antero-posterior')),
        ViewModifierCodeSequence: [],
      },
    ],
    AcquisitionContextSequence: [],
    PositionerType: '',
    DetectorType: 'SCINTILLATOR',
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: bright ? -1 : 1,
    RescaleIntercept: '0',
    RescaleSlope: '1',
    RescaleType: 'US',
    PresentationLUTShape: bright ? 'IDENTITY' : 'INVERSE',
  };
}
