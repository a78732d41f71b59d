import path from 'node:path';
import { hasMatrix, type Instance, type Matrix, matricesOf } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource } from '@maskwright/image';
import { filesUnder } from './dicom-files.ts';
import { type Finding, lineOf, rejected } from './finding.ts';
import { inspectFile } from './inspect-file.ts';

export type { Finding } from './finding.ts';
export interface InspectOptions {
  readonly json: boolean;
  /** Decode all frames, and add dtype, min, max and pixelSha256. */
  readonly pixels: boolean;
}
export interface InspectOutput {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** `maskwright inspect`: what each file is, or why it is refused. One bad file never stops the others. */
export async function inspect(paths: readonly string[], options: InspectOptions, out: InspectOutput): Promise<0 | 1> {
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    findings.push(finding);
    if (!options.json) out.stdout(lineOf(finding));
  };
  const series = new Map<string, { readonly folder: string; readonly instances: Instance[] }>();
  for await (const file of filesUnder(paths)) {
    const { finding, instance } = await inspectFile(file, options);
    add(finding);
    if (!instance) continue;
    const folder = path.dirname(file);
    const key = `${folder}\n${instance.seriesInstanceUID}`;
    const one = series.get(key) ?? { folder, instances: [] };
    one.instances.push(instance);
    series.set(key, one);
  }
  for (const { folder, instances } of series.values()) {
    const finding = instances.length > 1 ? inspectSeries(folder, instances) : undefined;
    if (finding) add(finding);
  }
  if (findings.length === 0)
    add(rejected(paths.join(', '), new MaskwrightError('INPUT_NOT_FOUND', 'no file is there')));
  if (options.json) out.stdout(JSON.stringify(findings, null, 2));
  return findings.some(({ verdict }) => verdict === 'rejected') ? 1 : 0;
}

function inspectSeries(folder: string, instances: readonly Instance[]): Finding | undefined {
  try {
    // Photographs and radiographs of several sizes are segmented size by size.
    const sizes = matricesOf(instances);
    const ofSize = (size: Matrix) => instances.filter(({ dataset }) => hasMatrix(dataset, size));
    const stacks = sizes.length > 1 ? sizes.map(ofSize) : [instances];
    const warnings = stacks.flatMap((stack) => assembleSource(stack).warnings);
    return warnings.length > 0 ? { path: folder, verdict: 'warned', errors: [], warnings } : undefined;
  } catch (error) {
    return rejected(folder, error);
  }
}
