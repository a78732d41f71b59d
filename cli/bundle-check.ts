import { access } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import { bundleFolders, MANIFEST, type TrustedKey, tryBundle } from '@maskwright/model';
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
      if (!options.json) io.stdout(printable(lineOf(verdict)));
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
      const { id, version, digest, signedBy } = bundle;
      return { place, verdict: 'ok', id, version, digest, ...(signedBy ? { signedBy } : {}) };
    });
  } catch (error) {
    return refused(place, error);
  }
}

function refused(place: string, error: unknown): BundleVerdict {
  if (!(error instanceof MaskwrightError)) throw error;
  return { place, verdict: 'refused', code: error.code, reason: error.message, remedy: error.remedy };
}

function lineOf(verdict: BundleVerdict): string {
  if (verdict.verdict === 'refused')
    return `refused  ${verdict.place}: ${verdict.code}: ${verdict.reason}. ${verdict.remedy}`;
  const signed = verdict.signedBy ? `, signed by ${verdict.signedBy}` : '';
  return `OK       ${verdict.place}: ${verdict.id} ${verdict.version}${signed}`;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
