import { access } from 'node:fs/promises';
import path from 'node:path';
import { ERROR_CODES, type ErrorCode, MaskwrightError, reasonOf } from '@maskwright/errors';
import { type Bundle, loadBundles, MANIFEST, type Manifest, type TrustedKey, tryBundle } from '@maskwright/model';
import { isFolder, trustedKeys, withBundle } from './bundle-place.ts';
import { printable } from './finding.ts';
import { places as shipped } from './places.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly key?: readonly string[];
  readonly json?: boolean;
}

/** Of one bundle; what to do about a refused one is in `remedy`. */
type BundleVerdict =
  | {
      readonly place: string;
      readonly verdict: 'ok';
      readonly id: string;
      readonly version: string;
      readonly digest: string;
      readonly signedBy?: string;
      /** What does not keep it from being used. */
      readonly warnings: readonly string[];
    }
  | {
      readonly place: string;
      readonly verdict: 'refused';
      readonly code: ErrorCode;
      readonly reason: string;
      readonly remedy: string;
    };

/** Loads and runs every bundle at the places. Exit code 1 where one is refused; the others are looked at all the same. */
export async function checkBundles(places: readonly string[], options: CheckOptions, io: Terminal): Promise<ExitCode> {
  const keys = await trustedKeys(options.key);
  const verdicts: BundleVerdict[] = [];
  for (const place of places.length > 0 ? places : [shipped.models]) {
    for await (const verdict of verdictsAt(place, keys)) {
      verdicts.push(verdict);
      if (!options.json) for (const line of linesOf(verdict)) io.stdout(printable(line));
    }
  }
  if (options.json) io.stdout(JSON.stringify(verdicts, null, 2));
  const refused = verdicts.filter(({ verdict }) => verdict === 'refused').length;
  if (refused > 0) io.stderr(`${refused} of ${verdicts.length} bundles refused`);
  return refused > 0 ? 1 : 0;
}

/** On the bundle itself, or on those of a folder of models, which are loaded as the services do it. */
async function* verdictsAt(
  place: string,
  trustedKeys: readonly TrustedKey[] | undefined,
): AsyncGenerator<BundleVerdict> {
  try {
    if (!(await isFolder(place)) || (await exists(path.join(place, MANIFEST)))) {
      yield await withBundle(place, { trustedKeys }, (bundle) => tried(place, bundle));
      return;
    }
    const shelf = await loadBundles(place, { trustedKeys });
    for (const { id, code, reason } of shelf.refused) yield refused(path.join(place, id), code, reason);
    for (const bundle of shelf.all) yield await tried(bundle.directory, bundle);
  } catch (error) {
    yield failed(place, error);
  }
}

async function tried(place: string, bundle: Bundle): Promise<BundleVerdict> {
  try {
    await tryBundle(bundle, { executionProviders: ['cpu'] });
  } catch (error) {
    return failed(place, error);
  }
  const { id, version, digest, signedBy, manifest } = bundle;
  const warnings = warningsOf(manifest);
  return { place, verdict: 'ok', id, version, digest, ...(signedBy ? { signedBy } : {}), warnings };
}

/** Without codes a structure is known by its name alone, and no other system knows what it is. */
function warningsOf({ classes }: Manifest): string[] {
  const without = classes.filter(({ code }) => !code).map(({ family, name }) => `${family}/${name}`);
  if (without.length === 0) return [];
  return [`${without.length} of ${classes.length} classes have no code: ${without.join(', ')}`];
}

function failed(place: string, error: unknown): BundleVerdict {
  if (error instanceof MaskwrightError) return refused(place, error.code, error.message);
  // Whatever comes out of a bundle that nobody foresaw, the others are looked at all the same.
  return refused(place, 'BUNDLE_INVALID', `it cannot be used (${reasonOf(error)})`);
}

function refused(place: string, code: ErrorCode, reason: string): BundleVerdict {
  return { place, verdict: 'refused', code, reason, remedy: ERROR_CODES[code].remedy };
}

function linesOf(verdict: BundleVerdict): string[] {
  if (verdict.verdict === 'refused')
    return [`refused  ${verdict.place}: ${verdict.code}: ${verdict.reason}. ${verdict.remedy}`];
  const signed = verdict.signedBy ? `, signed by ${verdict.signedBy}` : '';
  const line = `OK       ${verdict.place}: ${verdict.id} ${verdict.version}${signed}`;
  return [line, ...verdict.warnings.map((warning) => `warning  ${verdict.place}: ${warning}`)];
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
