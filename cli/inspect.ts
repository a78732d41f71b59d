import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type DicomObject, type Instance, number, parseObject, parsePart10, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource, decodeAll, judgeImage } from '@maskwright/image';
import { filesUnder } from './dicom-files.ts';

export interface InspectOptions {
  readonly json: boolean;
  /** Decode, and add dtype, min, max and pixelSha256. */
  readonly pixels: boolean;
}
export interface InspectOutput {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}
/** One file, or (with the folder as `path`) one series with a fault. */
export interface Finding {
  readonly path: string;
  readonly verdict: 'ok' | 'warned' | 'rejected';
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly [attribute: string]: string | number | readonly string[] | undefined;
}

/** `maskwright inspect`: what each file is, or why it is refused. One bad file never stops the others. */
export async function inspect(paths: readonly string[], options: InspectOptions, out: InspectOutput): Promise<0 | 1> {
  const findings: Finding[] = [];
  const series = new Map<string, Instance[]>();
  try {
    for await (const file of filesUnder(paths)) {
      const { finding, instance } = await inspectFile(file, options.pixels);
      findings.push(finding);
      if (!options.json) out.stdout(line(finding));
      const key = instance && `${path.dirname(file)}\n${instance.seriesInstanceUID}`;
      if (key && instance) series.set(key, [...(series.get(key) ?? []), instance]);
    }
  } catch (error) {
    findings.push(rejected(paths.join(' '), error));
    out.stderr(reason(error));
  }
  for (const [key, instances] of series) {
    const finding = instances.length > 1 ? inspectSeries(key.split('\n')[0] ?? '', instances) : undefined;
    if (!finding) continue;
    findings.push(finding);
    if (!options.json) out.stdout(line(finding));
  }
  if (options.json) out.stdout(JSON.stringify(findings, null, 2));
  return findings.some(({ verdict }) => verdict === 'rejected') ? 1 : 0;
}

async function inspectFile(file: string, pixels: boolean): Promise<{ finding: Finding; instance?: Instance }> {
  let attributes: Record<string, string | number | undefined> = {};
  try {
    const bytes = await readFile(file);
    const object = parseObject(bytes);
    attributes = describe(object);
    const { description, warnings } = judgeImage(object);
    if (pixels) attributes = { ...attributes, ...(await digest(object)) };
    const instance = parsePart10(bytes);
    const odd = [...(object.oddities ?? []), ...warnings];
    return {
      finding: {
        path: file,
        verdict: odd.length > 0 ? 'warned' : 'ok',
        errors: [],
        warnings: odd,
        ...attributes,
        frames: description.frames,
      },
      // Pixels of one file at a time are held: the series is judged by headers and by digests in their place.
      instance: { ...instance, ...(instance.pixelData ? { pixelData: [pixelDigest(instance.pixelData)] } : {}) },
    };
  } catch (error) {
    return { finding: { ...rejected(file, error), ...attributes } };
  }
}

function pixelDigest(pixelData: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of pixelData) hash.update(part);
  return hash.digest();
}

function describe({ dataset, transferSyntaxUID }: DicomObject): Record<string, string | number | undefined> {
  return {
    sopClass: text(dataset, 'SOPClassUID'),
    modality: text(dataset, 'Modality'),
    transferSyntax: transferSyntaxUID,
    photometric: text(dataset, 'PhotometricInterpretation'),
    rows: number(dataset, 'Rows'),
    columns: number(dataset, 'Columns'),
    frames: number(dataset, 'NumberOfFrames') ?? 1,
    samplesPerPixel: number(dataset, 'SamplesPerPixel'),
    bitsAllocated: number(dataset, 'BitsAllocated'),
    bitsStored: number(dataset, 'BitsStored'),
    pixelRepresentation: number(dataset, 'PixelRepresentation'),
  };
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

function inspectSeries(folder: string, instances: readonly Instance[]): Finding | undefined {
  try {
    const { warnings } = assembleSource(instances);
    return warnings.length > 0 ? { path: folder, verdict: 'warned', errors: [], warnings } : undefined;
  } catch (error) {
    return rejected(folder, error);
  }
}

function rejected(where: string, error: unknown): Finding {
  return { path: where, verdict: 'rejected', errors: [reason(error)], warnings: [] };
}
function reason(error: unknown): string {
  if (error instanceof MaskwrightError) return `${error.code}: ${error.message}`;
  return `UNEXPECTED: ${error instanceof Error ? error.message : String(error)}`;
}

function line(finding: Finding): string {
  const { rows, columns, frames, modality, photometric, transferSyntax } = finding;
  const image =
    rows === undefined
      ? ''
      : ` ${modality ?? '?'} ${rows}×${columns}×${frames} ${photometric ?? ''} ${transferSyntax ?? ''}`;
  const remarks = [...finding.errors, ...finding.warnings].map((remark) => `\n  ${remark}`);
  return printable(`${finding.verdict.padEnd(8)} ${finding.path}${image}`) + remarks.map(printable).join('');
}
/** Terminal escapes and marks that turn text around are shown, not obeyed. */
function printable(value: string): string {
  return value.replace(/[^\P{C}\n]/gu, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
