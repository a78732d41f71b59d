import { writePart10 } from '@maskwright/dicom';
import { endoscopyOf } from './endoscopy.ts';
import { colourPixels, commonHeader, type Identity, REGIONS } from './headers.ts';
import { createRandom } from './random.ts';
import { numbered, type PhantomStudy } from './study.ts';

export interface EndoscopyStudyOptions {
  readonly seed: number;
  readonly size?: number;
}

/** One VL Endoscopic Image (PS3.3 A.32.1) of a colon with a polyp. */
export function endoscopyStudy({ seed, size = 320 }: EndoscopyStudyOptions): PhantomStudy {
  const { rows, columns, pixels, masks } = endoscopyOf({ seed, size });
  const random = createRandom('endoscopy patient', seed);
  const patient = { sex: random.pick(['M', 'F'] as const), ageYears: random.integer(45, 82) };
  const identity: Identity = { region: 'COLON', seed, variant: `Colonoscopy ${size}`, patient };
  const name = `endoscopy-${numbered(seed)}`;
  const bytes = writePart10({
    ...commonHeader(identity, 'ES', 1),
    BodyPartExamined: 'COLON',
    AnatomicRegionSequence: [REGIONS.colon],
    ImageType: ['ORIGINAL', 'PRIMARY'],
    PatientOrientation: '',
    AcquisitionContextSequence: [],
    ...colourPixels(pixels, rows, columns),
  });
  return { name, files: [{ name: `${name}.dcm`, bytes }], shape: { slices: 1, rows, columns }, masks };
}
