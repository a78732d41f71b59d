import path from 'node:path';
import { MaskwrightError, reasonOf } from '@maskwright/errors';
import type { z } from 'zod';
import { type Calibration, calibrationSchema } from './calibration.ts';
import { readChecked, readInside, sha256Of } from './checked-file.ts';
import { type Domain, domainFileSchema } from './domain.ts';
import { checkGraphs, partsOf } from './graph-fit.ts';
import { type Manifest, type ModelInput, manifestSchema } from './manifest.ts';
import type { MaskRule } from './mask-rule.ts';
import { checkWeights } from './onnx-content.ts';
import { type Ports, portsOf } from './onnx-ports.ts';
import type { TrustedKey } from './signature.ts';
import { trustedSigner } from './trust.ts';

/** A model with its card, checked against its manifest; opened by openVlsm or openConventional. */
export interface Bundle {
  readonly id: string;
  readonly version: string;
  readonly kind: Manifest['kind'];
  readonly manifest: Manifest;
  /** sha256 over the manifest's bytes, and through the manifest's digests over every file. */
  readonly digest: string;
  readonly directory: string;
  /** Fingerprint of the trusted key that has signed it, where trusted keys were asked for. */
  readonly signedBy?: string;
  /** By family of images. */
  readonly domains: ReadonlyMap<string, Domain>;
  /** Of the predicted Dice, where `maskwright calibrate` has been run. */
  readonly calibration?: Calibration;
  /** How images of a family go into the graphs; of an unknown or unnamed one, as the manifest says for all. */
  inputFor(family: string | undefined): ModelInput;
  /** How probabilities become a mask; 0.5 and no least area for structures that the manifest does not list. */
  rule(family: string, target: string): MaskRule;
  /** Names of the structures that the model was trained for in one family. */
  classesOf(family: string): string[];
  /** Whether its masks of a structure may be kept: it was trained for it in that family, or its vocabulary is open. */
  answersFor(family: string, target: string): boolean;
}
export interface BundleOptions {
  /** Where given, only bundles that one of these keys has signed are loaded. */
  readonly trustedKeys?: readonly TrustedKey[] | undefined;
}
export const MANIFEST = 'manifest.json';
export const CALIBRATION = 'calibration.json';
/** The starter models' have 20 KB. */
export const LARGEST_MANIFEST = 4 * 2 ** 20;
const DEFAULT_RULE: MaskRule = { threshold: 0.5, minAreaFraction: 0 };

/**
 * Reads the manifest and checks every file that it names. ONNX Runtime is not needed for this.
 * @throws MaskwrightError BUNDLE_INVALID naming the bundle, the file and what differs; BUNDLE_UNTRUSTED; never another error
 */
export async function loadBundle(directory: string, options: BundleOptions = {}): Promise<Bundle> {
  try {
    return await load(directory, options);
  } catch (error) {
    const where = `bundle ${path.basename(directory)}`;
    if (error instanceof MaskwrightError)
      throw new MaskwrightError(error.code, `${where}: ${error.message}`, { cause: error });
    // A disk that fails, a file that is taken away meanwhile: the bundles beside it are not to blame.
    throw new MaskwrightError('BUNDLE_INVALID', `${where}: it cannot be read (${reasonOf(error)})`, { cause: error });
  }
}

async function load(directory: string, { trustedKeys }: BundleOptions): Promise<Bundle> {
  const bytes = await readInside(directory, MANIFEST, LARGEST_MANIFEST);
  const signer = trustedKeys && (await trustedSigner(directory, bytes, trustedKeys));
  const manifest = parse(manifestSchema, bytes, MANIFEST);
  const domains = new Map<string, Domain>();
  for (const [family, { modalities, mirrored = false, turned = false, feature }] of Object.entries(manifest.domain)) {
    const statistics = parse(domainFileSchema, await readChecked(directory, feature), feature.file);
    domains.set(family, { modalities, mirrored, turned, ...statistics });
  }
  const graphs = new Map<string, Ports>();
  for (const { name, file } of partsOf(manifest)) {
    const content = await readChecked(directory, file);
    checkWeights(content, file.file);
    graphs.set(name, portsOf(content, file.file));
  }
  checkGraphs(manifest, graphs, domains);
  if (manifest.kind === 'vlsm') await readChecked(directory, manifest.tokenizer);
  for (const document of manifest.documents ?? []) await readChecked(directory, document);
  const calibration = manifest.calibration && (await readChecked(directory, manifest.calibration));
  const { id, version, kind, classes } = manifest;
  return {
    id,
    version,
    kind,
    manifest,
    directory,
    ...(signer ? { signedBy: signer.fingerprint } : {}),
    domains,
    ...(calibration ? { calibration: parse(calibrationSchema, calibration, CALIBRATION) } : {}),
    digest: sha256Of(bytes),
    inputFor: (family) => ({ ...manifest.input, ...(family ? manifest.domain[family]?.input : undefined) }),
    rule: (family, target) => classes.find((one) => one.family === family && one.name === target) ?? DEFAULT_RULE,
    classesOf: (family) => classes.filter((one) => one.family === family).map(({ name }) => name),
    answersFor: (family, target) =>
      (manifest.kind === 'vlsm' && manifest.openVocabulary) ||
      classes.some((one) => one.family === family && one.name === target),
  };
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, file: string): T {
  const parsed = schema.safeParse(parseJson(bytes, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  throw new MaskwrightError('BUNDLE_INVALID', `${file}${where}: ${issue?.message ?? 'not as documented'}`);
}

/** @throws MaskwrightError BUNDLE_INVALID */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new MaskwrightError('BUNDLE_INVALID', `${file} is not JSON`, { cause: error });
  }
}
