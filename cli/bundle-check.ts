import { access } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import { bundleFolders, MANIFEST, type Manifest, type TrustedKey, tryBundle } from '@maskwright/model';
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
    for (const bundle of await bundlesAt(place)) {
      const verdict = typeof bundle === 'string' ? await judge(bundle, keys) : bundle;
      verdicts.push(verdict);
      if (!options.json) for (const line of linesOf(verdict)) io.stdout(printable(line));
    }
  }
  if (options.json) io.stdout(JSON.stringify(verdicts, null, 2));
  const refused = verdicts.filter(({ verdict }) => verdict === 'refused').length;
  if (refused > 0) io.stderr(`${refused} of ${verdicts.length} bundles refused`);
  return refused > 0 ? 1 : 0;
}

/** The bundle itself, or those of a folder of models. */
async function bundlesAt(place: string): Promise<readonly (string | BundleVerdict)[]> {
  try {
    if (!(await isFolder(place)) || (await exists(path.join(place, MANIFEST)))) return [place];
    return (await bundleFolders(place)).map((name) => path.join(place, name));
  } catch (error) {
    return [refused(place, error)];
  }
}

async function judge(place: string, keys: readonly TrustedKey[] | undefined): Promise<BundleVerdict> {
  try {
    return await withBundle(place, { trustedKeys: keys }, async (bundle) => {
      await tryBundle(bundle, { executionProviders: ['cpu'] });
      const { id, version, digest, signedBy, manifest } = bundle;
      const warnings = warningsOf(manifest);
      return { place, verdict: 'ok', id, version, digest, ...(signedBy ? { signedBy } : {}), warnings };
    });
  } catch (error) {
    return refused(place, error);
  }
}

/** Without codes a structure is known by its name alone, and no other system knows what it is. */
function warningsOf({ classes }: Manifest): string[] {
  const without = classes.filter(({ code }) => !code).map(({ family, name }) => `${family}/${name}`);
  if (without.length === 0) return [];
  return [`${without.length} of ${classes.length} classes have no code: ${without.join(', ')}`];
}

function refused(place: string, error: unknown): BundleVerdict {
  if (!(error instanceof MaskwrightError)) throw error;
  return { place, verdict: 'refused', code: error.code, reason: error.message, remedy: error.remedy };
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
