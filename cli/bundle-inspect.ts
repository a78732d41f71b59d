import { loadCatalogue } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import { type Bundle, filesOf, isSigned, loadBundle, type TrustedKey } from '@maskwright/model';
import { type BundleCard, linesOf, type SignatureState } from './bundle-card.ts';
import { trustedKeys, withBundle } from './bundle-place.ts';
import { printable } from './finding.ts';
import { places } from './places.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface InspectBundleOptions {
  readonly key?: readonly string[];
  readonly json?: boolean;
}

/** @throws MaskwrightError INPUT_NOT_FOUND, KEY_INVALID, BUNDLE_INVALID */
export async function inspectBundle(place: string, options: InspectBundleOptions, io: Terminal): Promise<ExitCode> {
  const keys = await trustedKeys(options.key);
  const card = await withBundle(place, {}, (bundle) => cardOf(bundle, keys));
  io.stdout(options.json ? JSON.stringify(card, null, 2) : printable(linesOf(card).join('\n')));
  return 0;
}

async function cardOf(bundle: Bundle, keys: readonly TrustedKey[] | undefined): Promise<BundleCard> {
  const { manifest, digest } = bundle;
  const { id, version, kind, architecture, researchUseOnly, licence, input, classes, metrics, training, notes } =
    manifest;
  const { tasks } = await loadCatalogue(places.catalogue);
  return {
    id,
    version,
    kind,
    architecture,
    researchUseOnly,
    licence,
    tasks: tasks.filter(({ models }) => models[kind] === id).map((task) => task.id),
    input,
    classes,
    domain: [...bundle.domains].map(([family, { modalities, near, far }]) => ({
      family,
      modalities,
      near,
      far,
      input: manifest.domain[family]?.input,
    })),
    metrics,
    training,
    notes,
    calibrated: manifest.calibration !== undefined,
    files: filesOf(manifest),
    digest,
    signature: await signatureStateOf(bundle.directory, keys),
  };
}

async function signatureStateOf(directory: string, keys: readonly TrustedKey[] | undefined): Promise<SignatureState> {
  if (!(await isSigned(directory))) return { state: 'unsigned' };
  if (!keys) return { state: 'not verified' };
  try {
    const { signedBy } = await loadBundle(directory, { trustedKeys: keys });
    return { state: 'trusted', ...(signedBy ? { key: signedBy } : {}) };
  } catch (error) {
    if (error instanceof MaskwrightError && error.code === 'BUNDLE_UNTRUSTED') return { state: 'not trusted' };
    throw error;
  }
}
