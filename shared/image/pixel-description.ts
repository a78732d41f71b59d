import { type DataSet, has, type Instance, number, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';

/** Image Pixel module (PS3.3 C.7.6.3), checked: what decoders may rely on. */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  /** Where a value begins in its BitsAllocated: 0, but where HighBit says that it ends further up (PS3.5 section 8.1.1). */
  readonly lowestBit: number;
  readonly signed: boolean;
  readonly float: boolean;
  readonly planar: boolean;
  readonly photometric: string;
  /** Least and greatest stored value that are no image (PS3.3 C.7.5.1.1.2). Some write one that needs more than BitsStored. */
  readonly padding: readonly [number, number] | undefined;
}

/** What decoding needs of an instance. */
export type PixelSource = Pick<Instance, 'dataset' | 'transferSyntaxUID' | 'pixelData' | 'storedPixels'>;

/** Frames of more bytes are refused before anything is allocated: 8192 × 8192 of 16 bits, a photograph of 44 megapixels. */
const MOST_BYTES = 2 ** 27;
/** Each becomes three bytes for model and screen. */
export const MOST_PIXELS = 2 ** 26;
const COLOUR = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_PARTIAL_420', 'YBR_PARTIAL_422', 'YBR_ICT', 'YBR_RCT']);
const GRAY = new Set(['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR']);

/** @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED or DICOM_MISSING naming the attribute */
export function describePixels(dataset: DataSet): PixelDescription {
  const rows = positive(dataset, 'Rows');
  const columns = positive(dataset, 'Columns');
  const float = has(dataset, 'FloatPixelData') || has(dataset, 'DoubleFloatPixelData');
  const bitsAllocated = float ? (has(dataset, 'FloatPixelData') ? 32 : 64) : number(dataset, 'BitsAllocated');
  if (bitsAllocated === undefined)
    throw new MaskwrightError('DICOM_MISSING', 'BitsAllocated is missing (absent or empty)');
  if (!isAllocation(bitsAllocated)) throw unsupported(`BitsAllocated ${bitsAllocated}`);
  const bitsStored = number(dataset, 'BitsStored') ?? bitsAllocated;
  if (bitsStored > bitsAllocated) throw corrupt(`BitsStored ${bitsStored} exceeds BitsAllocated ${bitsAllocated}`);
  if (bitsStored < 1) throw corrupt(`BitsStored ${bitsStored}`);
  const samples = number(dataset, 'SamplesPerPixel') ?? 1;
  if (samples !== 1 && samples !== 3) throw unsupported(`SamplesPerPixel ${samples}`);
  const photometric = photometricOf(dataset, samples);
  if (rows * columns > MOST_PIXELS || rows * columns * samples * Math.ceil(bitsAllocated / 8) > MOST_BYTES)
    throw corrupt(`image too large: ${rows} rows × ${columns} columns × ${samples} samples of ${bitsAllocated} bits`);
  const signed = flag(dataset, 'PixelRepresentation');
  return {
    rows,
    columns,
    frames: framesOf(dataset),
    samples,
    bitsAllocated,
    bitsStored,
    lowestBit: float ? 0 : lowestBitOf(dataset, bitsAllocated, bitsStored),
    signed,
    float,
    planar: samples === 3 && flag(dataset, 'PlanarConfiguration'),
    photometric,
    padding: paddingOf(dataset, signed),
  };
}

/** PS3.3 has HighBit be BitsStored − 1 now; once it was free. What no value can be in says nothing. */
function lowestBitOf(dataset: DataSet, bitsAllocated: number, bitsStored: number): number {
  const highBit = number(dataset, 'HighBit') ?? bitsStored - 1;
  return Number.isInteger(highBit) && highBit >= bitsStored && highBit < bitsAllocated ? highBit + 1 - bitsStored : 0;
}
function paddingOf(dataset: DataSet, signed: boolean): PixelDescription['padding'] {
  const [value, limit = value] = ['PixelPaddingValue', 'PixelPaddingRangeLimit'].map((keyword) => {
    const said = number(dataset, keyword);
    // PixelRepresentation counts, also where a writer took SS.
    return said !== undefined && said < 0 && !signed ? said + 0x10000 : said;
  });
  if (value === undefined || limit === undefined) return undefined;
  return value < limit ? [value, limit] : [limit, value];
}
/** Whether the stored value is no image. */
export function isPadding({ padding }: Pick<PixelDescription, 'padding'>, stored: number): boolean {
  return padding !== undefined && stored >= padding[0] && stored <= padding[1];
}

function photometricOf(dataset: DataSet, samples: 1 | 3): string {
  const photometric = text(dataset, 'PhotometricInterpretation') ?? (samples === 3 ? 'RGB' : 'MONOCHROME2');
  if (!COLOUR.has(photometric) && !GRAY.has(photometric)) throw unsupported('photometric interpretation is not known');
  if (COLOUR.has(photometric) !== (samples === 3)) {
    throw corrupt(`photometric interpretation ${photometric} does not fit the ${samples} samples`);
  }
  return photometric;
}

function framesOf(dataset: DataSet): number {
  const said = text(dataset, 'NumberOfFrames');
  if (said === undefined) return 1;
  const frames = Number(said);
  // 0 is written by some systems for "one".
  if (!Number.isInteger(frames) || frames < 0) throw corrupt('NumberOfFrames is not a number of frames');
  return Math.max(1, frames);
}

function flag(dataset: DataSet, keyword: string): boolean {
  const value = number(dataset, keyword) ?? 0;
  if (value !== 0 && value !== 1) throw corrupt(`${keyword} is ${value}, neither 0 nor 1`);
  return value === 1;
}
function positive(dataset: DataSet, keyword: string): number {
  const value = number(dataset, keyword);
  if (value === undefined) throw new MaskwrightError('DICOM_MISSING', `${keyword} is missing (absent or empty)`);
  if (!Number.isInteger(value) || value < 1 || value > 65535) throw corrupt(`${keyword} is ${value}`);
  return value;
}
function isAllocation(bits: number): bits is PixelDescription['bitsAllocated'] {
  return bits === 1 || bits === 8 || bits === 16 || bits === 32 || bits === 64;
}

export function corrupt(message: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('PIXELS_CORRUPT', message, { cause });
}
export function unsupported(message: string): MaskwrightError {
  return new MaskwrightError('PIXELS_UNSUPPORTED', message);
}
