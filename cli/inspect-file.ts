import { createHash } from 'node:crypto';
import {
  type DicomObject,
  type Instance,
  number,
  oddValues,
  parseObject,
  parsePart10,
  parseUid,
  text,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { decodeAll, judgeImage, probeFrames } from '@maskwright/image';
import { type Finding, rejected } from './finding.ts';
import { readInput } from './read-file.ts';

/** Without `--pixels` as many frames are decoded, only to see whether they can be. */
const FRAMES_TRIED = 16;

/**
 * What one file is, or why it is refused. The instance, for judging its series, has a digest in place of its pixels: the
 * pixels of one file at a time are held.
 */
export async function inspectFile(
  file: string,
  options: { readonly pixels: boolean },
): Promise<{ finding: Finding; instance?: Instance }> {
  let attributes: Record<string, string | number | undefined> = {};
  let odd: readonly string[] = [];
  try {
    const bytes = await readInput(file);
    const object = parseObject(bytes);
    attributes = describe(object);
    odd = [...(object.oddities ?? []), ...oddValues(object.dataset)];
    const { description, warnings } = judgeImage(object);
    if (options.pixels) attributes = { ...attributes, ...(await digest(object)) };
    else await probeFrames(object, FRAMES_TRIED);
    const instance = parsePart10(bytes);
    odd = [...odd, ...warnings];
    const { pixelData, ...headers } = instance;
    return {
      finding: {
        path: file,
        verdict: odd.length > 0 ? 'warned' : 'ok',
        errors: [],
        warnings: odd,
        ...attributes,
        frames: description.frames,
      },
      instance: { ...headers, ...(pixelData ? { pixelData: [pixelDigest(pixelData)] } : {}) },
    };
  } catch (error) {
    return { finding: { ...rejected(file, error), warnings: odd, ...attributes } };
  }
}

function pixelDigest(pixelData: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of pixelData) hash.update(part);
  return hash.digest();
}

function describe({ dataset, transferSyntaxUID }: DicomObject): Record<string, string | number | undefined> {
  return {
    sopClass: uidOrNone(text(dataset, 'SOPClassUID')),
    modality: text(dataset, 'Modality')?.slice(0, 16),
    transferSyntax: uidOrNone(transferSyntaxUID),
    photometric: text(dataset, 'PhotometricInterpretation')?.slice(0, 16),
    rows: number(dataset, 'Rows'),
    columns: number(dataset, 'Columns'),
    frames: number(dataset, 'NumberOfFrames') ?? 1,
    samplesPerPixel: number(dataset, 'SamplesPerPixel'),
    bitsAllocated: number(dataset, 'BitsAllocated'),
    bitsStored: number(dataset, 'BitsStored'),
    pixelRepresentation: number(dataset, 'PixelRepresentation'),
  };
}

/** What is no UID may be anything, and is not shown. */
function uidOrNone(value: string | undefined): string | undefined {
  try {
    return parseUid(value, 'UID');
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}

/** Digest of the raw values: C order, little-endian, before any LUT. */
async function digest(object: DicomObject): Promise<Record<string, string | number>> {
  const hash = createHash('sha256');
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let dtype = '';
  for await (const { data } of decodeAll(object)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    dtype = DTYPES[data.constructor.name] ?? data.constructor.name;
    for (const value of data) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { dtype, min, max, pixelSha256: hash.digest('hex') };
}
const DTYPES: Readonly<Record<string, string>> = {
  Uint8Array: '|u1',
  Int8Array: '|i1',
  Uint16Array: '<u2',
  Int16Array: '<i2',
  Uint32Array: '<u4',
  Int32Array: '<i4',
  Float32Array: '<f4',
  Float64Array: '<f8',
};
