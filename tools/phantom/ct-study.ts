import { type KeywordValues, writePart10 } from '@maskwright/dicom';
import { type Ct, type CtOptions, ctOf, type VolumeGeometry } from './ct.ts';
import { commonHeader, decimal, greyPixels, type Identity, REGIONS, uidOf } from './headers.ts';
import { createRandom } from './random.ts';
import { numbered, type PhantomStudy } from './study.ts';
import { add, cross, dot, scale, type Vector } from './vector.ts';

export interface CtStudyOptions extends CtOptions {
  /** InstanceNumbers in an order that has nothing to do with the positions, as some senders have it. */
  readonly shuffled?: boolean;
}

/** HU + 1024 is stored, so that the pixels are not negative. */
const INTERCEPT = -1024;

/** One CT series (PS3.3 A.3), a file a slice. Files and masks are in the order of the positions along the normal. */
export function ctStudy(options: CtStudyOptions): PhantomStudy {
  const ct = ctOf(options);
  const { slices, rows, columns } = ct.geometry;
  const { seed, shuffled = false, ...shape } = options;
  const identity: Identity = {
    region: 'CHEST',
    seed,
    variant: `Chest CT ${JSON.stringify({ ...shape, shuffled })}`,
    patient: ct.habitus,
  };
  const name = `chest-ct-${numbered(seed)}`;
  const files = instanceNumbers(slices, seed, shuffled).map((instanceNumber, slice) => ({
    name: `${name}-${numbered(slice + 1)}.dcm`,
    bytes: writePart10(sliceHeader(ct, identity, slice, instanceNumber)),
  }));
  return { name, files, shape: { slices, rows, columns }, masks: ct.masks };
}

function instanceNumbers(slices: number, seed: number, shuffled: boolean): number[] {
  const numbers = Array.from({ length: slices }, (_, i) => i + 1);
  if (!shuffled) return numbers;
  const random = createRandom('instance numbers', seed);
  return numbers
    .map((number) => ({ number, order: random.uniform(0, 1) }))
    .sort((a, b) => a.order - b.order)
    .map(({ number }) => number);
}

function sliceHeader(ct: Ct, identity: Identity, slice: number, instanceNumber: number): KeywordValues {
  const { rows, columns } = ct.geometry;
  const pixels = ct.pixels.subarray(slice * rows * columns, (slice + 1) * rows * columns);
  return {
    ...commonHeader(identity, 'CT', instanceNumber),
    ...planeHeader(ct.geometry, slice),
    ...greyPixels(
      Uint16Array.from(pixels, (hu) => hu - INTERCEPT),
      rows,
      columns,
      {
        photometric: 'MONOCHROME2',
        bitsStored: 12,
      },
    ),
    BodyPartExamined: 'CHEST',
    AnatomicRegionSequence: [REGIONS.chest],
    PatientPosition: 'HFS',
    FrameOfReferenceUID: uidOf(identity, 'frame of reference'),
    PositionReferenceIndicator: '',
    KVP: '120',
    RescaleIntercept: String(INTERCEPT),
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: ['0', '40'],
    WindowWidth: ['2000', '400'],
    WindowCenterWidthExplanation: ['WIDE', 'SOFT TISSUE'],
  };
}

function planeHeader({ origin, orientation, spacing, sliceSpacing }: VolumeGeometry, slice: number): KeywordValues {
  const normal = cross(orientation[0], orientation[1]);
  const position: Vector = add(origin, scale(normal, slice * sliceSpacing));
  const axial = Math.abs(normal[2]) > 0.9999;
  return {
    ImageType: axial ? ['ORIGINAL', 'PRIMARY', 'AXIAL'] : ['DERIVED', 'SECONDARY', 'AXIAL'],
    ImagePositionPatient: position.map(decimal),
    ImageOrientationPatient: orientation.flat().map(decimal),
    PixelSpacing: spacing.map(decimal),
    SliceThickness: decimal(sliceSpacing),
    SpacingBetweenSlices: decimal(sliceSpacing),
    SliceLocation: decimal(dot(position, normal)),
  };
}
