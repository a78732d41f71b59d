import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { repositoryRoot } from '../support/needs.ts';

export const run = promisify(execFile);
export const chart = path.join(repositoryRoot, 'deploy/helm/maskwright');
const tools = process.env.HELM_TOOLS ?? path.join(repositoryRoot, '.ci/tools/bin');
export const helm = path.join(tools, 'helm');
export const kubeconform = path.join(tools, 'kubeconform');
/** Strict JSON schemas of Kubernetes' own API; made by .ci/kubernetes-schemas.py. */
export const schemas = process.env.KUBERNETES_SCHEMAS ?? path.join(repositoryRoot, '.ci/tools/kubernetes-schemas');
export const helmNeeded = { name: 'helm and kubeconform', there: existsSync(helm) && existsSync(schemas) };

export const COMPONENTS = ['intake', 'segmenter', 'console'];
/** Arguments of helm for values as KEY=VALUE. */
export const settings = (values: readonly string[]) => values.flatMap((value) => ['--set', value]);

/** What is rendered, once for each set of values: helm takes its time. */
const manifests = new Map<string, Promise<string>>();
export function manifest(values: readonly string[], release = 'release'): Promise<string> {
  const id = [release, ...values].join();
  const before = manifests.get(id);
  if (before) return before;
  const made = run(helm, ['template', release, chart, ...settings(values)]).then(({ stdout }) => stdout);
  manifests.set(id, made);
  return made;
}

export async function rendered(values: readonly string[], release?: string): Promise<unknown[]> {
  return parseAllDocuments(await manifest(values, release)).map((document) => document.toJS());
}

/** What helm tells a person after an installation. */
export async function notes(values: readonly string[]): Promise<string> {
  const { stdout } = await run(helm, ['install', '--dry-run=client', 'release', chart, ...settings(values)]);
  return stdout.slice(stdout.indexOf('NOTES:'));
}
